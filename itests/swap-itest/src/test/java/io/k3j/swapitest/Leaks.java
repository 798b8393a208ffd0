package io.k3j.swapitest;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What a swap could leave behind, counted in the running process after a full collection.
///
/// @param loaders class loaders of ordinary bundles
/// @param services registered services
/// @param threads platform threads by name, without those of the virtual machine itself
record Leaks(int loaders, int services, Map<String, Integer> threads) {
    /// How class loaders are told of.
    static final String LOADERS = " loaders";
    private static final String LOADER = "org.apache.felix.framework.BundleWiringImpl$BundleClassLoader";
    private static final String SERVICE = "org.apache.felix.framework.ServiceRegistrationImpl";
    private static final Set<String> MACHINE = Set.of("C1 CompilerThread", "C2 CompilerThread", "G1 ", "GC Thread",
            "VM ", "ForkJoinPool", "VirtualThread", "Attach Listener", "Common-Cleaner", "Signal Dispatcher",
            "Service Thread", "Monitor Deflation", "Reference Handler", "Finalizer", "Notification", "DestroyJavaVM",
            "Read-Poller", "Write-Poller", "process reaper", "MasterPoller", "Cleaner-");

    /// Commands of `jcmd` to one process.
    interface Jcmd {
        /// What it answers.
        String run(String command) throws IOException, InterruptedException;
    }

    static Leaks of(Jcmd process) throws IOException, InterruptedException {
        // which collects first, all of it
        String histogram = process.run("GC.class_histogram");
        return new Leaks(count(histogram, LOADER), count(histogram, SERVICE), threads(process.run("Thread.print")));
    }

    /// What is here and was not before, in words; empty when there is nothing.
    String beyond(Leaks before) {
        StringBuilder more = new StringBuilder();
        if (loaders > before.loaders) {
            more.append(loaders - before.loaders).append(LOADERS).append(' ');
        }
        if (services > before.services) {
            more.append(services - before.services).append(" services ");
        }
        threads.forEach((name, count) -> {
            int known = before.threads.getOrDefault(name, 0);
            if (count > known) {
                more.append(count - known).append(" threads ").append(name).append(' ');
            }
        });
        return more.toString().strip();
    }

    private static int count(String histogram, String type) {
        for (String line : histogram.lines().toList()) {
            String[] columns = line.trim().split("\\s+");
            if (columns.length >= 4 && columns[3].equals(type)) {
                return Integer.parseInt(columns[1]);
            }
        }
        return 0;
    }

    private static Map<String, Integer> threads(String dump) {
        Map<String, Integer> byName = new TreeMap<>();
        for (String line : dump.lines().toList()) {
            int end = line.indexOf('"', 1);
            if (line.startsWith("\"") && end > 0) {
                String name = line.substring(1, end);
                if (MACHINE.stream().noneMatch(name::startsWith)) {
                    // pools count on: what matters is how many there are
                    byName.merge(name.replaceAll("[0-9]+", "#"), 1, Integer::sum);
                }
            }
        }
        return byName;
    }
}
