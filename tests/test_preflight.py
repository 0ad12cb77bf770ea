import pytest

from hpolab import SweepConfig
from hpolab.errors import ConfigError, DataError
from hpolab.preflight import check_config


def test_a_config_that_can_work_gives_the_fingerprint_of_its_data():
    first = check_config(SweepConfig())
    assert first
    assert first == check_config(SweepConfig(epochs=3))
    assert first != check_config(SweepConfig(dataset={"name": "digits", "max_samples": 500}))


@pytest.mark.parametrize(
    "size", [512, [32, 512], {"low": 8, "high": 512}], ids=["fixed", "choice", "range"]
)
def test_a_batch_larger_than_the_training_set_is_refused(size):
    config = SweepConfig(
        dataset={"name": "digits", "max_samples": 300}, space={"batch_size": size}
    )
    with pytest.raises(ConfigError, match="batch_size <= training examples"):
        check_config(config)


def test_a_kernel_larger_than_the_images_is_refused():
    with pytest.raises(ConfigError, match="kernel of 9"):
        check_config(SweepConfig(space={"kernel_size": [3, 9]}))


def test_a_model_that_cannot_read_the_data_is_refused():
    with pytest.raises(ConfigError, match="lstm reads text data"):
        check_config(SweepConfig(model="lstm"))


def test_an_unknown_data_set_is_refused_with_the_nearest_name():
    with pytest.raises((ConfigError, DataError), match="did you mean 'mnist'"):
        check_config(SweepConfig(dataset="minst"))


def test_a_parameter_that_the_model_does_not_have_is_refused_with_the_nearest_name():
    with pytest.raises(ConfigError, match=r"space\.learning_rte.*did you mean 'learning_rate'"):
        check_config(SweepConfig(space={"learning_rte": 0.1}))


def test_a_builder_of_ones_own_needs_a_space():
    with pytest.raises(ConfigError, match="needs a space"):
        check_config(SweepConfig(model="hpolab.testing.synthetic:train_run"))
