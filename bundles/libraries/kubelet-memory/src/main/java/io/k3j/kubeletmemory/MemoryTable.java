package io.k3j.kubeletmemory;

import io.k3j.model.Struct;

/// One type of memory of a NUMA node, in bytes, by the names and in the order of upstream's state.
///
/// @param total what the node has
/// @param systemReserved what nobody is given
/// @param allocatable what containers may be given
/// @param reserved what of it containers have
/// @param free the rest of it
record MemoryTable(long total, long systemReserved, long allocatable, long reserved, long free) {
    /// Gives some of what is free.
    MemoryTable given(long bytes) {
        return new MemoryTable(total, systemReserved, allocatable, reserved + bytes, free - bytes);
    }

    Struct json() {
        return Struct.of("total", total, "systemReserved", systemReserved, "allocatable", allocatable, "reserved",
                reserved, "free", free);
    }

    /// As Go's `spew` prints it with `%#v`.
    String printed() {
        return "<*>{TotalMemSize:(uint64)" + total + " SystemReserved:(uint64)" + systemReserved
                + " Allocatable:(uint64)" + allocatable + " Reserved:(uint64)" + reserved + " Free:(uint64)" + free
                + "}";
    }

    static MemoryTable read(Struct table) {
        return new MemoryTable(table.whole("total", 0), table.whole("systemReserved", 0),
                table.whole("allocatable", 0), table.whole("reserved", 0), table.whole("free", 0));
    }
}
