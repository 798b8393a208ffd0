package io.k3j.swapitest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What a swap could leave behind, counted in the running process after a full collection.
///
/// @param loaders class loaders of ordinary bundles
/// @param services registrations of services
/// @param platform threads by name, without those of the virtual machine itself
/// @param stayed virtual threads and services that were there when the count began and when it ended
/// @param met how many of them of a name have been there at some time; they come and go
record Leaks(int loaders, int services, Map<String, Integer> platform, Inside stayed,
        Map<String, Integer> met) {
    /// How one class loader is told of.
    static final String ONE_LOADER = "1 loaders";
    private static final int ATTEMPTS = 10;
    private static final int LAST_LINES = 5;
    private static final String LOADER = "org.apache.felix.framework.BundleWiringImpl$BundleClassLoader";
    private static final String SERVICE = "org.apache.felix.framework.ServiceRegistrationImpl";
    private static final Set<String> MACHINE = Set.of("C1 CompilerThread", "C2 CompilerThread", "G1 ", "GC Thread",
            "VM ", "ForkJoinPool", "VirtualThread", "Attach Listener", "Common-Cleaner", "Signal Dispatcher",
            "Service Thread", "Monitor Deflation", "Reference Handler", "Finalizer", "Notification", "DestroyJavaVM",
            "Read-Poller", "Write-Poller", "process reaper", "MasterPoller", "Cleaner-");

    /// Kinds that are there late, and how many look at them: of charts the Helm controller as well.
    private static final Map<String, Integer> LATE_VIEWS = Map.of("addons", 1, "helmcharts", 2, "helmchartconfigs", 2);

    /// Commands of `jcmd` to one process, one a line.
    interface Jcmd {
        /// What it answers.
        String run(String command) throws IOException, InterruptedException;
    }

    /// Counts.
    /// @param directory for files, which the process and the test know by the same path
    static Leaks of(Jcmd process, Path directory) throws IOException, InterruptedException {
        // machines of one kernel share the sockets JVMs are asked by, named by process ids of their own: one that ends
        // takes away another's, which makes a new one when it is asked again
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            try {
                return count(process, directory);
            } catch (IOException unanswered) {
                System.out.println("asked again: " + unanswered.getMessage().lines().findFirst().orElse(""));
            }
        }
        return count(process, directory);
    }

    private static Leaks count(Jcmd process, Path directory) throws IOException, InterruptedException {
        Inside.Look first = Inside.look(directory, "first");
        Inside.Look last = Inside.look(directory, "last");
        // one process asks all of it; the histogram collects first, all of it
        String answer = process.run(first.command() + "\nGC.class_histogram\nThread.print\n" + last.command());
        Map<String, Integer> platform = threads(answer);
        int services = count(answer, SERVICE);
        if (platform.isEmpty() || services == 0) {
            throw new IOException("half an answer, without " + (services == 0 ? "objects" : "threads") + ": "
                    + answer.lines().skip(Math.max(0, answer.lines().count() - LAST_LINES)).toList());
        }
        Inside before = first.seen(answer);
        Inside after = last.seen(answer);
        return new Leaks(count(answer, LOADER), services, platform, after.still(before), after.and(before).count());
    }

    /// The same, of what has stayed since a count before: no more of each than there were then. A thread that ends when
    /// it has nothing to do, as that for mounts, comes and goes.
    Leaks since(Leaks before) {
        Map<String, Integer> least = new TreeMap<>(platform);
        least.replaceAll((name, count) -> Math.min(count, before.platform.getOrDefault(name, 0)));
        return new Leaks(Math.min(loaders, before.loaders), Math.min(services, before.services), least,
                stayed.still(before.stayed), met);
    }

    /// The same, with what another count met. A service that is away for a moment, as the conditions of a lead between two
    /// API servers, was there all the same.
    Leaks and(Leaks other) {
        Map<String, Integer> most = new TreeMap<>(met);
        other.met.forEach((name, count) -> most.merge(name, count, Math::max));
        return new Leaks(loaders, Math.max(services, other.services), platform, stayed, most);
    }

    /// The same with one class loader more.
    Leaks andALoader() {
        return new Leaks(loaders + 1, services, platform, stayed, met);
    }

    /// Whether the garbage collector follows the kinds that come some time after a start: add-ons and charts.
    boolean hasLateViews() {
        return LATE_VIEWS.entrySet().stream()
                .allMatch(kind -> met.getOrDefault("virtual apiserver-view-" + kind.getKey(), 0) >= kind.getValue());
    }

    /// What is here and was not before, in words; empty when there is nothing.
    String beyond(Leaks before) {
        StringBuilder told = new StringBuilder();
        if (loaders > before.loaders) {
            told.append(loaders - before.loaders).append(" loaders ");
        }
        if (services > before.services) {
            told.append(services - before.services).append(" services (").append(newServices(before)).append(") ");
        }
        more(told, platform, before.platform);
        Map<String, Integer> named = stayed.count();
        if (services <= before.services) {
            named.keySet().removeIf(name -> name.startsWith(Inside.SERVICE));
        }
        more(told, named, before.met);
        return told.toString().strip();
    }

    /// Which registered services there are more of than when the look before was taken.
    private String newServices(Leaks before) {
        Map<String, Integer> then = before.stayed.count();
        List<String> more = new ArrayList<>();
        stayed.count().forEach((name, count) -> {
            if (name.startsWith(Inside.SERVICE) && count > then.getOrDefault(name, 0)) {
                more.add(name.substring(Inside.SERVICE.length()));
            }
        });
        return more.isEmpty() ? "no longer registered, or registered again" : String.join(", ", more);
    }

    private static void more(StringBuilder told, Map<String, Integer> now, Map<String, Integer> known) {
        now.forEach((name, count) -> {
            int more = count - known.getOrDefault(name, 0);
            if (more > 0) {
                told.append(more).append(" of ").append(name).append(' ');
            }
        });
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

    /// Platform threads of a dump, by name.
    static Map<String, Integer> threads(String dump) {
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
