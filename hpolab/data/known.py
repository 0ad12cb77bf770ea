"""The data sets that are known by name: what they are, and where the world keeps their files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpolab.data.classes import CIFAR10, CIFAR100, DIGITS, FASHION, REUTERS, SIGNS
from hpolab.errors import DataError, did_you_mean

if TYPE_CHECKING:
    from hpolab.data.dataset import Kind

__all__ = ["KNOWN", "NAMES", "OWN", "Known", "Remote", "check_name"]

_KERAS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_TORONTO = "https://www.cs.toronto.edu/~kriz/"
_GTSRB = "https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370/"


@dataclass(frozen=True, slots=True)
class Remote:
    """A file that can be downloaded.

    Attributes:
        url: Where from; the addresses that Keras uses, or the data's authors.
        file: Name under the data directory, with "/" between folders.
        n_bytes: Its size.
        digest: The published checksum, "sha256:..." or "md5:..."; "" when none is.
    """

    url: str
    file: str
    n_bytes: int
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A data set known by name.

    Attributes:
        title: What it shows, in a few words.
        kind: "image" or "text".
        classes: Names in the order of the labels.
        shape: Of one image; () for texts.
        n_train, n_test: Examples of the full set; n_test is 0 when it brings no test part.
        layouts: Files, any one tuple of which is the data set; a "*" stands for any name. The
            first found wins.
        beside: A file that is used when it lies beside the others: the words of a text set.
        remotes: What to download; () for a set that is bundled.
    """

    title: str
    kind: Kind
    classes: tuple[str, ...]
    shape: tuple[int, ...] = ()
    n_train: int
    n_test: int
    layouts: tuple[tuple[str, ...], ...] = ()
    beside: str = ""
    remotes: tuple[Remote, ...] = ()


_FASHION_FILES = tuple(
    f"fashion-mnist/{part}-idx{n}-ubyte.gz"
    for part, n in (
        ("train-images", 3),
        ("train-labels", 1),
        ("t10k-images", 3),
        ("t10k-labels", 1),
    )
)
_BATCHES = (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch")


def _cifar(number: int, members: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Where CIFAR files lie: unpacked, unpacked by Keras, the archive, Keras' copy of it, .npz."""
    inner = "cifar-10-batches-py" if number == 10 else "cifar-100-python"
    return (
        tuple(f"{inner}/{member}" for member in members),
        tuple(f"{inner}-target/{inner}/{member}" for member in members),
        (f"cifar-{number}-python.tar.gz",),
        (f"{inner}-target_archive",),
        (f"cifar{number}.npz",),
        (f"cifar{number}-*.npz",),
    )


KNOWN: dict[str, Known] = {
    "digits": Known(
        title="handwritten digits, bundled with scikit-learn",
        kind="image",
        classes=DIGITS,
        shape=(8, 8, 1),
        n_train=1797,
        n_test=0,
    ),
    "digits_text": Known(
        title="the digits as texts, a word for each pixel's ink, bundled",
        kind="text",
        classes=DIGITS,
        n_train=1797,
        n_test=0,
    ),
    "mnist": Known(
        title="handwritten digits",
        kind="image",
        classes=DIGITS,
        shape=(28, 28, 1),
        n_train=60000,
        n_test=10000,
        layouts=(("mnist.npz",),),
        remotes=(
            Remote(
                _KERAS + "mnist.npz",
                "mnist.npz",
                11490434,
                "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
            ),
        ),
    ),
    "fashion_mnist": Known(
        title="pictures of clothes",
        kind="image",
        classes=FASHION,
        shape=(28, 28, 1),
        n_train=60000,
        n_test=10000,
        layouts=(_FASHION_FILES, ("fashion_mnist.npz",)),
        remotes=tuple(
            Remote(_KERAS + file.removeprefix("fashion-mnist/"), file, n_bytes, "md5:" + md5)
            for file, n_bytes, md5 in zip(
                _FASHION_FILES,
                (26421880, 29515, 4422102, 5148),
                (
                    "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                    "25c81989df183df01b3e8a0aad5dffbe",
                    "bef4ecab320f06d8554ea6380940ec79",
                    "bb300cfdad3c16e7a12a480ee83cd310",
                ),
                strict=True,
            )
        ),
    ),
    "cifar10": Known(
        title="small colour photographs",
        kind="image",
        classes=CIFAR10,
        shape=(32, 32, 3),
        n_train=50000,
        n_test=10000,
        layouts=_cifar(10, _BATCHES),
        remotes=(
            Remote(
                _TORONTO + "cifar-10-python.tar.gz",
                "cifar-10-batches-py-target_archive",
                170498071,
                "sha256:6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
            ),
        ),
    ),
    "cifar100": Known(
        title="small colour photographs of a hundred things",
        kind="image",
        classes=CIFAR100,
        shape=(32, 32, 3),
        n_train=50000,
        n_test=10000,
        layouts=_cifar(100, ("train", "test")),
        remotes=(
            Remote(
                _TORONTO + "cifar-100-python.tar.gz",
                "cifar-100-python-target_archive",
                169001437,
                "sha256:85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
            ),
        ),
    ),
    "gtsrb": Known(
        title="German traffic signs",
        kind="image",
        classes=SIGNS,
        shape=(32, 32, 3),
        n_train=39209,
        n_test=12630,
        layouts=(
            ("GTSRB/Final_Training/Images",),
            ("Final_Training/Images",),
            (
                "GTSRB_Final_Training_Images.zip",
                "GTSRB_Final_Test_Images.zip",
                "GTSRB_Final_Test_GT.zip",
            ),
            ("GTSRB.zip",),
            ("gtsrb.zip",),
            ("gtsrb.npz",),
            ("gtsrb-*.npz",),
        ),
        remotes=(
            Remote(
                _GTSRB + "GTSRB_Final_Training_Images.zip",
                "GTSRB_Final_Training_Images.zip",
                276294756,
                "md5:f33fd80ac59bff73c82d25ab499e03a3",
            ),
            Remote(
                _GTSRB + "GTSRB_Final_Test_Images.zip",
                "GTSRB_Final_Test_Images.zip",
                88978620,
                "md5:c7e4e6327067d32654124b0fe9e82185",
            ),
            Remote(
                _GTSRB + "GTSRB_Final_Test_GT.zip",
                "GTSRB_Final_Test_GT.zip",
                99620,
                "md5:fe31e9c9270bbcd7b84b7f21a9d9d9e5",
            ),
        ),
    ),
    "imdb": Known(
        title="film reviews, liked or not",
        kind="text",
        classes=("negative", "positive"),
        n_train=25000,
        n_test=25000,
        layouts=(("imdb.npz",),),
        beside="imdb_word_index.json",
        remotes=(
            Remote(
                _KERAS + "imdb.npz",
                "imdb.npz",
                17464789,
                "sha256:69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
            ),
            Remote(
                _KERAS + "imdb_word_index.json",
                "imdb_word_index.json",
                1641221,
                "md5:bfafd718b763782e994055a2d397834f",
            ),
        ),
    ),
    "reuters": Known(
        title="news wires by topic",
        kind="text",
        classes=REUTERS,
        n_train=11228,
        n_test=0,
        layouts=(("reuters.npz",),),
        beside="reuters_word_index.json",
        remotes=(
            Remote(
                _KERAS + "reuters.npz",
                "reuters.npz",
                2110848,
                "sha256:d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916",
            ),
            Remote(
                _KERAS + "reuters_word_index.json",
                "reuters_word_index.json",
                550378,
                "md5:4d44cc38712099c9e383dc6e5f11a921",
            ),
        ),
    ),
}

OWN = ("images", "texts", "arrays")
NAMES = (*KNOWN, *OWN)


def check_name(name: str) -> None:
    """Raises:
    DataError: The name is not known; suggests the nearest one.
    """
    if name not in NAMES:
        raise DataError(f"there is no data set {name!r}; {did_you_mean(name, NAMES)}")
