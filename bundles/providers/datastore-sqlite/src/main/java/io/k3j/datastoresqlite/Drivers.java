package io.k3j.datastoresqlite;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

/// Deregisters this bundle's copy of the SQLite driver from `DriverManager`, which would keep the bundle's
/// class loader alive after a swap. A driver of another class loader stays.
final class Drivers {
    private Drivers() {
    }

    static void deregister() {
        ClassLoader own = Drivers.class.getClassLoader();
        if (own == ClassLoader.getSystemClassLoader()) {
            return;
        }
        for (Driver driver : List.copyOf(DriverManager.drivers().toList())) {
            if (driver.getClass().getClassLoader() == own) {
                deregister(driver);
            }
        }
    }

    private static void deregister(Driver driver) {
        try {
            DriverManager.deregisterDriver(driver);
        } catch (SQLException e) {
            throw new IllegalStateException("the SQLite driver stays registered", e);
        }
    }
}
