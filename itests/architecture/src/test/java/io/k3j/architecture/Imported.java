package io.k3j.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;

/// The classes of all modules below `io.k3j`, read once for all tests: that takes ten seconds.
final class Imported {
    static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption((Location location) -> location.contains("/io/k3j/")).importPackages("io.k3j");

    private Imported() {
    }
}
