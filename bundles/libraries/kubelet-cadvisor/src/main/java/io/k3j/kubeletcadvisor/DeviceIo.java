package io.k3j.kubeletcadvisor;

import java.util.Map;

/// What a group has read from a disk and written to it. A value.
///
/// @param number of the disk, as `8:0`
/// @param device its name, as `/dev/sda`; empty where it is not known
/// @param bytes by operation: `Read`, `Write`, and in version 1 others
/// @param operations how many, likewise
/// @param cost what the controller of I/O cost counts, microseconds by its names: `usage`, `wait`, `indebt`, `indelay`
record DeviceIo(String number, String device, Map<String, Long> bytes, Map<String, Long> operations,
        Map<String, Long> cost) {
    DeviceIo named(String name) {
        return new DeviceIo(number, name, bytes, operations, cost);
    }

    String major() {
        return number.substring(0, Math.max(0, number.indexOf(':')));
    }

    String minor() {
        return number.substring(number.indexOf(':') + 1);
    }
}
