"""What is told about a limit that was broken: what was tried, in which line, and what holds."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

from hpolab.errors import FitnessError, LimitBroken

if TYPE_CHECKING:
    from hpolab.sandbox._process import Ended
    from hpolab.sandbox.limits import Limits

__all__ = ["ended", "forged", "raised", "refused", "silent"]

_TRIED = {
    "open a file": "open openat openat2 creat memfd_create open_by_handle_at",
    "look at files or folders": (
        "stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents "
        "getdents64 getcwd chdir fchdir statfs inotify_init inotify_init1"
    ),
    "change files or folders": (
        "mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink "
        "symlinkat chmod fchmod fchmodat chown fchown lchown fchownat mknod mknodat truncate "
        "ftruncate utime utimes utimensat futimesat setxattr mount umount2 chroot pivot_root"
    ),
    "use the network": (
        "socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg recvfrom "
        "recvmsg recvmmsg shutdown getsockname getpeername getsockopt setsockopt"
    ),
    "start a process or a thread": (
        "clone clone3 fork vfork execve execveat unshare setns set_robust_list"
    ),
    "wait for a process": "wait4 waitid",
    "send a signal": (
        "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal pidfd_open"
    ),
    "change how signals are handled": (
        "rt_sigaction rt_sigprocmask rt_sigsuspend rt_sigtimedwait sigaltstack signalfd signalfd4"
    ),
    "set a timer": "setitimer alarm timer_create timerfd_create",
    "change its limits or rights": (
        "setrlimit prlimit64 getrlimit prctl seccomp capset capget setuid setgid setresuid "
        "setresgid setgroups setpriority sched_setscheduler sched_setaffinity personality"
    ),
    "look into another process": "ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd",
    "sleep or wait": (
        "futex nanosleep clock_nanosleep pause select pselect6 poll ppoll epoll_create "
        "epoll_create1 epoll_wait"
    ),
    "use a file descriptor": (
        "read write readv writev pread64 pwrite64 close close_range dup dup2 dup3 fcntl lseek "
        "fstat ioctl pipe pipe2 sendfile splice tee vmsplice eventfd eventfd2"
    ),
    "share memory or make it executable": (
        "mmap mprotect pkey_mprotect shmget shmat shmctl mq_open msgget semget"
    ),
    "use the kernel's own workers": "io_uring_setup io_uring_enter io_uring_register io_setup",
    "use the kernel's keys": "add_key request_key keyctl",
    "ask about the system": (
        "uname sysinfo getpid getppid gettid getuid geteuid getgid getegid getgroups times "
        "getrusage getpriority sched_getaffinity getcpu"
    ),
    "use a tool of the kernel's": "userfaultfd perf_event_open bpf",
}
_BY_CALL = {call: words for words, calls in _TRIED.items() for call in calls.split()}
_RULE = "a fitness computes with numbers, and may not"


def refused(name: str, limits: Limits, line: int) -> LimitBroken:
    """Of a limit, or of the system call of this name; the name is not to be trusted."""
    where = f" (line {line})" if line else ""
    known = {
        "memory": f"it used more than {limits.memory_mb} MB of memory{where}",
        "cpu": f"it ran longer than {limits.cpu_seconds:g} s of processor time{where}",
        "output": f"it printed more than {limits.output_kb} kB{where}",
    }
    if name in known:
        return LimitBroken(f"{known[name]}.", limit=name, line=line or None)
    call = name if re.fullmatch(r"[a-z0-9_ ]{1,40}", name) else "of no known name"
    tried = _BY_CALL.get(call, "use the system")
    at = f", line {line}" if line else ""
    message = f"it tried to {tried} (system call {call}{at}): {_RULE}."
    return LimitBroken(message, limit="system call", line=line or None)


def raised(text: bytes, line: int) -> FitnessError:
    """Of what the code raised; any text is possible."""
    words = "".join(
        character if character.isprintable() else " "
        for character in text.decode(errors="replace")
    )
    where = f"line {line}: " if line else ""
    return FitnessError(
        f"{where}{words or 'it raised an error without a name'}", line=line or None
    )


def silent(limits: Limits) -> LimitBroken:
    """Of a batch that took too long on the clock."""
    message = f"it gave no answer within {limits.seconds:g} s on the clock."
    return LimitBroken(message, limit="time")


def forged() -> LimitBroken:
    """Of bytes on the way of the answers that are no answer."""
    message = f"it wrote to the channel of its answers, which is not its own: {_RULE}."
    return LimitBroken(message, limit="answers")


def ended(end: Ended, limits: Limits) -> LimitBroken:
    """Of a process that is gone without a word."""
    number = end.exit_code - 128
    if number in (signal.SIGXCPU, signal.SIGPROF):
        return refused("cpu", limits, 0)
    if number == signal.SIGSYS:
        return refused("of another kind of machine", limits, 0)
    try:
        how = f"was killed by {signal.Signals(number).name}"
    except ValueError:
        how = f"ended itself with exit code {end.exit_code}"
    if number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT):
        how += (
            f": it crashed in compiled code, went too deep, or needed more than "
            f"{limits.memory_mb} MB of memory"
        )
    return LimitBroken(f"its process {how}.", limit="crash")
