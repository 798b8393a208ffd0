package io.k3j.assembly;

import java.lang.module.ModuleDescriptor;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What the system bundle exports: the framework's packages with their versions, all packages the JDK
/// exports, so that third-party bundles resolve, and the packages of plain jars on the class path.
final class SystemPackages {
    private static final String FRAMEWORK = "org.osgi.framework;version=1.10,"
            + "org.osgi.framework.connect;version=1.0.0,org.osgi.framework.dto;version=1.8,"
            + "org.osgi.framework.hooks.bundle;version=1.1,org.osgi.framework.hooks.resolver;version=1.0,"
            + "org.osgi.framework.hooks.service;version=1.1,org.osgi.framework.hooks.weaving;version=1.1,"
            + "org.osgi.framework.launch;version=1.2,org.osgi.framework.namespace;version=1.2,"
            + "org.osgi.framework.startlevel;version=1.0,org.osgi.framework.startlevel.dto;version=1.0,"
            + "org.osgi.framework.wiring;version=1.2,org.osgi.framework.wiring.dto;version=1.3,"
            + "org.osgi.resource;version=1.0.1,org.osgi.resource.dto;version=1.0.1,"
            + "org.osgi.service.packageadmin;version=1.2.1,org.osgi.service.startlevel;version=1.1.1,"
            + "org.osgi.service.url;version=1.0.1,org.osgi.service.resolver;version=1.1.1,"
            + "org.osgi.util.tracker;version=1.5.3,org.osgi.dto;version=1.1.1,"
            + "org.osgi.service.condition;version=1.0";
    /// The process' own code, which no bundle may import.
    private static final List<String> PRIVATE = List.of("io.k3j.launcher", "io.k3j.cli", "io.k3j.assembly",
            "org.apache.felix.framework", "org.apache.felix.resolver");

    private final List<Jar> jars;

    SystemPackages(List<Jar> jars) {
        this.jars = jars;
    }

    String text() {
        Set<String> packages = new TreeSet<>();
        ModuleLayer.boot().modules().forEach(module -> add(packages, module.getDescriptor()));
        for (Jar jar : jars) {
            if (!jar.bundle()) {
                packages.addAll(jar.packages());
            }
        }
        packages.removeIf(name -> PRIVATE.stream().anyMatch(name::startsWith));
        return FRAMEWORK + "," + String.join(",", packages);
    }

    private static void add(Set<String> packages, ModuleDescriptor module) {
        for (ModuleDescriptor.Exports exported : module.exports()) {
            if (!exported.isQualified()) {
                packages.add(exported.source());
            }
        }
    }
}
