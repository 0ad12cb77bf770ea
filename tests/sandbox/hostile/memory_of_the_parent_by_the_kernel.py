"""Has the kernel copy the parent's memory."""
# limit: system call
# says: tried to look into another process (system call process_vm_readv
import ctypes
def fitness(x):
    room = ctypes.create_string_buffer(16)
    parts = (ctypes.c_void_p * 2)(ctypes.addressof(room), 16)
    there = (ctypes.c_void_p * 2)(0x400000, 16)
    ctypes.CDLL(None).process_vm_readv(@PID@, parts, 1, there, 1, 0)
    print(room.raw)
    return 0.0
