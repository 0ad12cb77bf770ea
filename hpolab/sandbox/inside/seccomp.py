"""The lock: after it, the kernel lets this process compute, read its questions and answer them.

An allow-list, by libseccomp (https://github.com/seccomp/libseccomp). Any other system call is not
carried out; it raises SIGSYS, whose handler only has to say what was tried.
"""

from __future__ import annotations

import ctypes
import errno
import signal
from collections.abc import Callable

__all__ = ["lock"]

_ALLOW = 0x7FFF0000
_TRAP = 0x00030000
_REFUSE_QUIETLY = 0x00050000 | errno.EPERM
_KILL_PROCESS = 0x80000000
_ATTRIBUTE_BAD_ARCHITECTURE = 2
_ATTRIBUTE_ALL_THREADS = 4
_EQUAL, _MASKED_EQUAL = 4, 7

_FREE = (
    "brk",
    "clock_getres",
    "clock_gettime",
    "exit",
    "exit_group",
    "getrandom",
    "gettimeofday",
    "madvise",
    "mremap",
    "munmap",
    "restart_syscall",
    "rt_sigreturn",
    "sched_yield",
    "time",
)
_WISHES = ("mbind",)
"""Where memory had better lie: linear algebra asks, and does not mind being refused."""

_EXECUTABLE = 0x4  # PROT_EXEC
_KINDS_OF_MAP = 0x40023  # MAP_SHARED | MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB
_PRIVATE_ANONYMOUS = 0x22
_FUTEX_COMMAND, _WAKE = 0x7F, 1
"""Linear algebra wakes whom it takes for waiting. To wait oneself would be for ever."""

_SA_SIGINFO = 4
_OFFSET_OF_NUMBER = 24
"""Of ``si_syscall`` in ``siginfo_t``: three ints, padding and an address come before it."""

_Handler = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_keep: list[object] = []


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


class _Action(ctypes.Structure):
    _fields_ = (
        ("handler", _Handler),
        ("mask", ctypes.c_ubyte * 128),
        ("flags", ctypes.c_int),
        ("restorer", ctypes.c_void_p),
    )


def lock(on_refusal: Callable[[str], None], *, questions: int, answers: int) -> None:
    """Give up every system call but those of computing, for good.

    Args:
        on_refusal: Told the name of a system call that was refused; must end the process.
        questions, answers: The only descriptors that may be read, and written.

    Raises:
        OSError: libseccomp is missing, or the kernel refuses the filter.
    """
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    rules = _Rules(library)
    rules.set(_ATTRIBUTE_ALL_THREADS, 1)
    rules.set(_ATTRIBUTE_BAD_ARCHITECTURE, _KILL_PROCESS)
    for name in _FREE:
        rules.add(_ALLOW, name)
    for name in _WISHES:
        rules.add(_REFUSE_QUIETLY, name)
    rules.add(_ALLOW, "readv", _Comparison(0, _EQUAL, questions))
    rules.add(_ALLOW, "write", _Comparison(0, _EQUAL, answers))
    not_executable = _Comparison(2, _MASKED_EQUAL, _EXECUTABLE, 0)
    private = _Comparison(3, _MASKED_EQUAL, _KINDS_OF_MAP, _PRIVATE_ANONYMOUS)
    rules.add(_ALLOW, "mmap", not_executable, private)
    rules.add(_ALLOW, "mprotect", not_executable)
    rules.add(_ALLOW, "futex", _Comparison(1, _MASKED_EQUAL, _FUTEX_COMMAND, _WAKE))
    _tell_refusals(on_refusal, _names(library))
    rules.load()


class _Rules:
    """A filter while it is made; what no rule names raises SIGSYS."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        self._context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_TRAP)))

    def set(self, attribute: int, value: int) -> None:
        _must(self._library.seccomp_attr_set(self._context, attribute, ctypes.c_uint32(value)))

    def add(self, action: int, name: str, *conditions: _Comparison) -> None:
        number = self._library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:  # this machine has no such call, so nobody can make it
            return
        array = (_Comparison * len(conditions))(*conditions)
        how = ctypes.c_uint32(action)
        add = self._library.seccomp_rule_add_array
        _must(add(self._context, how, number, len(conditions), array))

    def load(self) -> None:
        _must(self._library.seccomp_load(self._context))


def _names(library: ctypes.CDLL) -> dict[int, str]:
    """Of all system calls, by number, since nothing can be looked up later."""
    resolve = library.seccomp_syscall_resolve_num_arch
    resolve.restype = ctypes.c_char_p
    found = ((number, resolve(ctypes.c_uint32(0), number)) for number in range(600))
    return {number: name.decode() for number, name in found if name}


def _tell_refusals(on_refusal: Callable[[str], None], names: dict[int, str]) -> None:
    def handle(_signal: int, information: int, _context: int) -> None:
        number = ctypes.c_int.from_address(information + _OFFSET_OF_NUMBER).value
        on_refusal(names.get(number, f"number {number}"))

    action = _Action(handler=_Handler(handle), flags=_SA_SIGINFO)
    _keep.append(action)
    _must(ctypes.CDLL(None, use_errno=True).sigaction(signal.SIGSYS, ctypes.byref(action), None))


def _must(code: int) -> None:
    if code != 0:
        raise OSError(abs(code), "the kernel refuses the filter of system calls")
