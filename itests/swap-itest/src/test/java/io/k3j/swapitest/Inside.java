package io.k3j.swapitest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/// What is inside a process, told by [InsideAgent].
///
/// @param threads names of virtual threads, which `Thread.print` does not show, by id; one without a name is called by
/// the class of the product that it runs
/// @param services bundle and interfaces of each registered service, by id
record Inside(Map<String, String> threads, Map<String, String> services) {
    /// What the name of a service begins with in [#count].
    static final String SERVICE = "service ";

    /// A look that a process is asked for by a command of `jcmd`, which leaves what it saw in a file.
    ///
    /// @param command what to ask
    /// @param file what is left
    record Look(String command, Path file) {
        /// What it saw.
        /// @param answer what the process said, for whoever reads why there is nothing
        Inside seen(String answer) throws IOException {
            if (!Files.exists(file)) {
                throw new IOException("nothing in " + file + "\n" + answer);
            }
            Map<String, Map<String, String>> kinds = new HashMap<>();
            Files.readString(file).lines().map(line -> line.split("\t", -1)).filter(columns -> columns.length > 2)
                    .forEach(columns -> kinds.computeIfAbsent(columns[0], _ -> new HashMap<>())
                            .put(columns[1], columns[2]));
            Map<String, String> threads = kinds.getOrDefault("thread", Map.of());
            if (threads.isEmpty()) {
                throw new IOException("no virtual thread in " + file + ": is -Djdk.trackAllThreads=false set?");
            }
            return new Inside(threads, kinds.getOrDefault("service", Map.of()));
        }
    }

    /// Prepares one.
    /// @param directory for files, which the process and the test know by the same path
    /// @param name tells it from others of that directory
    static Look look(Path directory, String name) throws IOException {
        Path agent = directory.resolve("inside.jar");
        if (!Files.exists(agent)) {
            write(agent);
        }
        Path file = directory.resolve(name + ".txt");
        Files.deleteIfExists(file);
        return new Look("JVMTI.agent_load " + agent + " " + file, file);
    }

    private static void write(Path jar) throws IOException {
        String name = InsideAgent.class.getName();
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Agent-Class", name);
        manifest.getMainAttributes().putValue("Can-Redefine-Classes", "false");
        String entry = name.replace('.', '/') + ".class";
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                InputStream in = Inside.class.getClassLoader().getResourceAsStream(entry)) {
            out.putNextEntry(new JarEntry(entry));
            in.transferTo(out);
        }
    }

    /// Those threads and services that were there before, too. What serves a request or passes in some other way is not
    /// among them.
    Inside still(Inside before) {
        return new Inside(both(threads, before.threads), both(services, before.services));
    }

    private static Map<String, String> both(Map<String, String> now, Map<String, String> before) {
        Map<String, String> both = new HashMap<>(now);
        both.keySet().retainAll(before.keySet());
        return both;
    }

    /// These and those.
    Inside and(Inside others) {
        return new Inside(either(threads, others.threads), either(services, others.services));
    }

    private static Map<String, String> either(Map<String, String> some, Map<String, String> others) {
        Map<String, String> all = new HashMap<>(some);
        all.putAll(others);
        return all;
    }

    /// How many virtual threads and services there are of each name; pools count on, what matters is how many there
    /// are.
    Map<String, Integer> count() {
        Map<String, Integer> byName = new TreeMap<>();
        threads.values().forEach(name -> byName.merge("virtual " + name.replaceAll("[0-9]+", "#"), 1, Integer::sum));
        services.values().forEach(name -> byName.merge(SERVICE + name, 1, Integer::sum));
        return byName;
    }
}
