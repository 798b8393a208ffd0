package io.k3j.parity;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/// What the features of a directory declare critical, and for each flag a value that is not its default.
final class CriticalFlags {
    private static final int TYPE = 4;
    private static final int PRESET = 5;
    private static final int STATE = 7;
    private static final String ABSENT = "absent";
    private static final Map<String, String> OTHERS = Map.of("cluster-cidr", "10.44.0.0/16", "service-cidr",
            "10.45.0.0/16", "cluster-dns", "10.43.0.11", "cluster-domain", "other.local", "agent-token",
            "another-secret", "disable", "traefik", "service-node-port-range", "31000-31999",
            "secrets-encryption-provider", "secretbox");

    private CriticalFlags() {
    }

    /// One flag.
    ///
    /// @param name as typed, without dashes
    /// @param value another than the default
    /// @param accepted whether the command line takes it by now
    record Flag(String name, String value, boolean accepted) {
        String text() {
            return "--" + name + "=" + value;
        }

        /// What the refusal shows of the value.
        String shown() {
            return name.equals("agent-token") ? "sha256:" : value;
        }

        @Override
        public String toString() {
            return "--" + name;
        }
    }

    /// All of them, in the order of their names.
    static List<Flag> declared(Path features) throws IOException {
        Set<String> keys = new TreeSet<>();
        try (Stream<Path> all = Files.list(features)) {
            for (Path file : all.map(one -> one.resolve("feature.json")).filter(Files::exists).toList()) {
                Struct feature = Json.object(Files.readAllBytes(file));
                keys.addAll(feature.seq("critical").texts());
            }
        }
        Map<String, String[]> table = table();
        List<Flag> flags = new ArrayList<>();
        for (String key : keys) {
            flags.add(flag(name(key), table));
        }
        return flags;
    }

    private static String name(String key) {
        StringBuilder name = new StringBuilder();
        for (char c : key.toCharArray()) {
            name.append(Character.isUpperCase(c) ? "-" : "").append(Character.toLowerCase(c));
        }
        return name.toString();
    }

    private static Flag flag(String name, Map<String, String[]> table) {
        String[] row = table.get(name);
        if (row == null) {
            throw new AssertionError("--" + name + " is declared critical and is no flag of k3s server");
        }
        String preset = row[PRESET];
        String state = row[STATE];
        if (row[TYPE].equals("bool")) {
            return new Flag(name, preset.equals("true") ? "false" : "true", !state.startsWith(ABSENT));
        }
        if (state.startsWith("only:")) {
            String other = Stream.of(state.substring("only:".length()).split(",")).filter(one -> !one.equals(preset))
                    .findFirst().orElseThrow();
            return new Flag(name, other, true);
        }
        String other = OTHERS.get(name);
        if (other == null || other.equals(preset)) {
            throw new AssertionError("--" + name + " is declared critical: name another value of it here");
        }
        return new Flag(name, other, !state.startsWith(ABSENT));
    }

    /// The command line's own list of flags.
    private static Map<String, String[]> table() throws IOException {
        try (ZipFile jar = new ZipFile(K3sProcess.distribution().resolve("lib/k3s-base.jar").toFile());
                InputStream list = jar.getInputStream(jar.getEntry("io/k3j/cli/flags.tsv"))) {
            Map<String, String[]> table = new java.util.HashMap<>();
            for (String line : new String(list.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                String[] row = line.split("\t");
                if (row.length > STATE && row[3].contains("server")) {
                    table.put(row[0], row);
                }
            }
            return table;
        }
    }
}
