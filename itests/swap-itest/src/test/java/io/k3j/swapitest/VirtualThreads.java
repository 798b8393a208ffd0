package io.k3j.swapitest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The virtual threads of a process, which `Thread.print` does not show.
///
/// @param names by id; one without a name is called by the outermost method of the product it is in
record VirtualThreads(Map<String, String> names) {
    private static final String PRODUCT = "io.k3j.";

    /// The command of `jcmd` that writes them to a file.
    static String command(Path file) {
        return "Thread.dump_to_file -overwrite -format=json " + file;
    }

    /// As that command, which answered this, wrote them.
    static VirtualThreads of(Path file, String answer) throws IOException {
        if (!answer.contains("Created ")) {
            throw new IOException("no threads in " + file + "\n" + answer);
        }
        Map<String, String> names = new HashMap<>();
        String[] threads = Files.readString(file).split("\"tid\": \"");
        for (String thread : List.of(threads).subList(1, threads.length)) {
            if (thread.contains("\"virtual\": true")) {
                names.put(thread.substring(0, thread.indexOf('"')), name(thread));
            }
        }
        if (names.isEmpty()) {
            throw new IOException("no virtual thread in " + file + ": is -Djdk.trackAllThreads=false set?");
        }
        return new VirtualThreads(Map.copyOf(names));
    }

    private static String name(String thread) {
        String mark = "\"name\": \"";
        int from = thread.indexOf(mark) + mark.length();
        String name = thread.substring(from, thread.indexOf('"', from));
        int stack = thread.indexOf("\"stack\": [", from);
        int outermost = stack < 0 ? -1 : thread.lastIndexOf(PRODUCT, thread.indexOf(']', stack));
        return !name.isEmpty() || outermost < stack ? name
                : thread.substring(outermost, thread.indexOf('(', outermost));
    }

    /// Those that were there before, too. What serves a request or passes in some other way is not among them.
    VirtualThreads still(VirtualThreads before) {
        Map<String, String> both = new HashMap<>(names);
        both.keySet().retainAll(before.names.keySet());
        return new VirtualThreads(Map.copyOf(both));
    }

    /// These and those.
    VirtualThreads and(VirtualThreads others) {
        Map<String, String> all = new HashMap<>(names);
        all.putAll(others.names);
        return new VirtualThreads(Map.copyOf(all));
    }

    /// How many there are of each name; pools count on, what matters is how many there are.
    Map<String, Integer> count() {
        Map<String, Integer> byName = new TreeMap<>();
        names.values().forEach(name -> byName.merge("virtual " + name.replaceAll("[0-9]+", "#"), 1, Integer::sum));
        return byName;
    }
}
