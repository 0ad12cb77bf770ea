"""Names of the classes of the known data sets, in the order of their labels."""

__all__ = ["CIFAR10", "CIFAR100", "DIGITS", "FASHION", "REUTERS", "SIGNS"]


def _names(text: str) -> tuple[str, ...]:
    return tuple(" ".join(name.split()) for name in text.split(","))


DIGITS = tuple("0123456789")
FASHION = _names("""
    T-shirt/top, Trouser, Pullover, Dress, Coat, Sandal, Shirt, Sneaker, Bag, Ankle boot
""")
CIFAR10 = _names("""
    airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck
""")
CIFAR100 = _names("""
    apple, aquarium_fish, baby, bear, beaver, bed, bee, beetle, bicycle, bottle, bowl, boy,
    bridge, bus, butterfly, camel, can, castle, caterpillar, cattle, chair, chimpanzee, clock,
    cloud, cockroach, couch, crab, crocodile, cup, dinosaur, dolphin, elephant, flatfish,
    forest, fox, girl, hamster, house, kangaroo, keyboard, lamp, lawn_mower, leopard, lion,
    lizard, lobster, man, maple_tree, motorcycle, mountain, mouse, mushroom, oak_tree, orange,
    orchid, otter, palm_tree, pear, pickup_truck, pine_tree, plain, plate, poppy, porcupine,
    possum, rabbit, raccoon, ray, road, rocket, rose, sea, seal, shark, shrew, skunk,
    skyscraper, snail, snake, spider, squirrel, streetcar, sunflower, sweet_pepper, table,
    tank, telephone, television, tiger, tractor, train, trout, tulip, turtle, wardrobe, whale,
    willow_tree, wolf, woman, worm
""")
REUTERS = _names("""
    cocoa, grain, veg-oil, earn, acq, wheat, copper, housing, money-supply, coffee, sugar,
    trade, reserves, ship, cotton, carcass, crude, nat-gas, cpi, money-fx, interest, gnp,
    meal-feed, alum, oilseed, gold, tin, strategic-metal, livestock, retail, ipi, iron-steel,
    rubber, heat, jobs, lei, bop, zinc, orange, pet-chem, dlr, gas, silver, wpi, hog, lead
""")
SIGNS = _names("""
    speed limit 20, speed limit 30, speed limit 50, speed limit 60, speed limit 70, speed limit
    80, end of speed limit 80, speed limit 100, speed limit 120, no passing, no passing for
    trucks, right of way at next crossing, priority road, yield, stop, no vehicles, no trucks,
    no entry, general caution, dangerous curve left, dangerous curve right, double curve, bumpy
    road, slippery road, road narrows on the right, road work, traffic signals, pedestrians,
    children crossing, bicycles crossing, beware of ice or snow, wild animals crossing, end of
    all limits, turn right ahead, turn left ahead, ahead only, go straight or right, go
    straight or left, keep right, keep left, roundabout, end of no passing, end of no passing
    for trucks
""")
