package io.k3j.devicecel;

/// The name of an attribute or a capacity of a device. Immutable.
///
/// @param domain who has given it its meaning; a name without one belongs to the device's driver
/// @param id within the domain
public record DeviceName(String domain, String id) {
    /// Reads a name as it is written in a ResourceSlice or a constraint.
    ///
    /// @param driver whose name is the domain where none is written
    public static DeviceName of(String name, String driver) {
        int slash = name.indexOf('/');
        return slash < 0 ? new DeviceName(driver, name)
                : new DeviceName(name.substring(0, slash), name.substring(slash + 1));
    }
}
