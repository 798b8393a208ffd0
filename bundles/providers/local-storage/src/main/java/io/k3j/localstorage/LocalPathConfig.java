package io.k3j.localstorage;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `config.json` of the ConfigMap `local-path-config`, in upstream's form. Pure.
///
/// @param main for classes without a part of their own
/// @param classes by the name of the class; not empty: only those are served
/// @param commands whether scripts or commands for setup or teardown are given that do more than is done here: they
/// are not run
record LocalPathConfig(Places main, Map<String, Places> classes, boolean commands) {
    private static final String OTHER_NODES = "DEFAULT_PATH_FOR_NON_LISTED_NODES";

    private static final Set<String> USUAL = Set.of("#!/bin/sh", "set -eu", "mkdir -m 0777 -p $VOL_DIR",
            "chmod 700 $VOL_DIR/..", "rm -rf $VOL_DIR");

    /// Where volumes lie.
    ///
    /// @param byNode paths by node
    /// @param shared one path that all nodes share; empty: none
    record Places(Map<String, List<String>> byNode, String shared) {
        /// The paths of a node.
        /// @throws IllegalArgumentException when there are none, in upstream's words
        List<String> paths(String node) {
            if (!shared.isEmpty()) {
                return List.of(shared);
            }
            List<String> own = byNode.getOrDefault(node, byNode.get(OTHER_NODES));
            if (own == null) {
                throw new IllegalArgumentException(
                        "config doesn't contain node " + node + ", and no " + OTHER_NODES + " available");
            }
            if (own.isEmpty()) {
                throw new IllegalArgumentException("no local path available on node " + node);
            }
            return own;
        }
    }

    /// From the text of `config.json`.
    /// @param data the ConfigMap's data, for the commands
    /// @throws IllegalArgumentException saying what is wrong
    static LocalPathConfig parse(Struct data) {
        Struct config;
        try {
            config = Json.value(data.text("config.json").getBytes(StandardCharsets.UTF_8)) instanceof Struct s ? s
                    : Struct.EMPTY;
        } catch (MalformedInput e) {
            throw new IllegalArgumentException("config.json of local-path-config is not JSON: " + e.getMessage(), e);
        }
        Map<String, Places> classes = new HashMap<>();
        config.struct("storageClassConfigs")
                .forEach((name, value) -> classes.put(name, places(value instanceof Struct s ? s : Struct.EMPTY)));
        Places main = classes.isEmpty() ? places(config) : new Places(Map.of(), "");
        boolean commands = !config.text("setupCommand").isEmpty() || !config.text("teardownCommand").isEmpty()
                || !usual(data.text("setup")) || !usual(data.text("teardown"));
        return new LocalPathConfig(main, classes, commands);
    }

    /// Whether a script does what is done here anyway: those of K3s and upstream.
    private static boolean usual(String script) {
        return script.lines().map(line -> line.replace("\"", "").replace("{", "").replace("}", "").strip())
                .allMatch(line -> line.isEmpty() || USUAL.contains(line));
    }

    private static Places places(Struct from) {
        Map<String, List<String>> byNode = new HashMap<>();
        for (Struct entry : from.seq("nodePathMap").structs()) {
            List<String> paths = new ArrayList<>();
            entry.seq("paths").texts().forEach(p -> paths.add(path(p, entry.text("node"))));
            if (byNode.put(entry.text("node"), List.copyOf(paths)) != null) {
                throw new IllegalArgumentException("duplicate node " + entry.text("node"));
            }
        }
        String shared = from.text("sharedFileSystemPath");
        if (!shared.isEmpty() && !byNode.isEmpty()) {
            throw new IllegalArgumentException(
                    "both nodePathMap and sharedFileSystemPath are defined. Please make sure only one is in use");
        }
        if (shared.isEmpty() && byNode.isEmpty()) {
            throw new IllegalArgumentException("both nodePathMap and sharedFileSystemPath are unconfigured");
        }
        return new Places(byNode, shared.isEmpty() ? "" : path(shared, "every node"));
    }

    private static String path(String text, String node) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("path must start with / for path " + text + " on node " + node);
        }
        String path = Path.of(text).normalize().toString();
        if (path.equals("/")) {
            throw new IllegalArgumentException("cannot use root ('/') as path on node " + node);
        }
        return path;
    }

    /// The places of a class.
    /// @throws IllegalArgumentException when the configuration has classes, and not this one
    Places of(String storageClass) {
        if (classes.isEmpty()) {
            return main;
        }
        Places places = classes.get(storageClass);
        if (places == null) {
            throw new IllegalArgumentException("local-path-config has no part for the storage class " + storageClass);
        }
        return places;
    }
}
