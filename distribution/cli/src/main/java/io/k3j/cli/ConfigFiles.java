package io.k3j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// The configuration file and its drop-ins, by K3s' rules: for one key the last file wins, `key+`
/// appends. Plain `null` and `~` are an empty value. See
/// <https://docs.k3s.io/installation/configuration#configuration-file>.
final class ConfigFiles {
    private static final int MOST_BYTES = 1 << 20;
    /// For the connection, and for each piece of the answer.
    private static final int DOWNLOAD_MILLIS = 10_000;
    /// For the whole of it: a server that sends a byte now and then never comes to the other limit.
    private static final int WHOLE_MILLIS = 60_000;
    /// As Go's client, K3s' too: the tenth redirect is not followed any more.
    private static final int MOST_REQUESTS = 10;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<String> NULLS = Set.of("null", "Null", "NULL", "~");

    /// One value of one key, and `file:line` it stands at.
    ///
    /// @param plain whether it stands without quotes
    record Value(String text, String where, boolean plain) {
        /// What a switch is set to: a plain `yes` is `true` to K3s' reader of YAML 1.1.
        String switched() {
            return plain ? TypeCheck.ofYaml(text) : text;
        }
    }

    private final Map<String, List<Value>> keys = new LinkedHashMap<>();

    private ConfigFiles() {
    }

    /// Reads `main` (which may be missing unless `required`, and may be an http(s) URL) and the files of
    /// `main + ".d"`.
    /// @throws UsageFailure for a file that cannot be read or understood, with its line
    static ConfigFiles read(String main, boolean required) {
        ConfigFiles files = new ConfigFiles();
        if (main.startsWith("http://") || main.startsWith("https://")) {
            files.add(main, download(main, DOWNLOAD_MILLIS, WHOLE_MILLIS));
            return files;
        }
        List<Path> dropIns = dropIns(Path.of(main + ".d"));
        if (Files.exists(Path.of(main))) {
            files.add(main, text(Path.of(main)));
        } else if (required && dropIns.isEmpty()) {
            throw new UsageFailure("configuration file " + main + " does not exist; create it or leave out --config");
        }
        dropIns.forEach(file -> files.add(file.toString(), text(file)));
        return files;
    }

    /// Key, without dashes, to its values in order.
    Map<String, List<Value>> keys() {
        return keys;
    }

    private static List<Path> dropIns(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(f -> {
                String name = f.getFileName().toString().toLowerCase();
                return Files.isRegularFile(f) && (name.endsWith(".yaml") || name.endsWith(".yml"));
            }).sorted().toList();
        } catch (IOException e) {
            throw new UsageFailure("cannot list " + directory + ": " + e.getMessage() + "; check its permissions");
        }
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw tooLarge(file.toString());
            }
            return Files.readString(file);
        } catch (IOException | UncheckedIOException e) {
            throw new UsageFailure("cannot read configuration file " + file + ": " + reason(e)
                    + "; check that it is readable UTF-8 text");
        }
    }

    private static UsageFailure tooLarge(String file) {
        return new UsageFailure(file + " is larger than " + MOST_BYTES + " bytes, which no configuration file is");
    }

    private static String reason(Exception e) {
        return e.getClass().getSimpleName().replace("Exception", "") + " " + e.getMessage();
    }

    /// @param millis how long nothing may come
    /// @param whole how many milliseconds all of it may take, from the look-up of the name on
    static String download(String url, int millis, int whole) {
        FutureTask<String> fetching = new FutureTask<>(() -> fetched(url, millis));
        // an interrupt closes what a virtual thread reads from
        Thread.ofVirtual().name("config-download").start(fetching);
        try {
            return fetching.get(whole, TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            throw new UsageFailure("cannot fetch configuration " + url + ": it was not complete after "
                    + whole / 1_000.0 + " s; is its server too slow?");
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof UsageFailure told) {
                throw told;
            }
            throw new IllegalStateException("cannot fetch configuration " + url, failed.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UsageFailure("cannot fetch configuration " + url + ": interrupted");
        } finally {
            fetching.cancel(true);
        }
    }

    private static String fetched(String url, int millis) {
        try {
            HttpURLConnection connection = answered(url, millis);
            int code = connection.getResponseCode();
            if (code != HttpURLConnection.HTTP_OK) {
                throw new UsageFailure("cannot fetch configuration " + url + ": " + connection.getURL() + " answered "
                        + (code < 0 ? "something that is not HTTP" : code) + ", it must be 200");
            }
            try (InputStream in = connection.getInputStream()) {
                byte[] bytes = in.readNBytes(MOST_BYTES + 1);
                if (bytes.length > MOST_BYTES) {
                    throw tooLarge(url);
                }
                return new String(bytes, StandardCharsets.UTF_8);
            }
        } catch (SocketTimeoutException late) {
            throw new UsageFailure("cannot fetch configuration " + url + ": nothing came for " + millis / 1_000.0
                    + " s; is its server up?");
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageFailure("cannot fetch configuration " + url + ": " + reason(e));
        }
    }

    /// Follows redirects from `http` to `https` and back, which Java's own client does not.
    private static HttpURLConnection answered(String url, int millis) throws IOException {
        URI at = URI.create(url);
        for (int request = 0; request < MOST_REQUESTS; request++) {
            if (!(at.toURL().openConnection() instanceof HttpURLConnection connection)) {
                // a file of this machine is nothing a server may point at
                throw new UsageFailure("cannot fetch configuration " + url + ": unsupported protocol scheme of " + at);
            }
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout(millis);
            connection.setReadTimeout(millis);
            String location = REDIRECTS.contains(connection.getResponseCode()) ? connection.getHeaderField("Location")
                    : null;
            if (location == null || location.isEmpty()) {
                return connection;
            }
            connection.disconnect();
            at = at.resolve(location);
        }
        throw new UsageFailure("cannot fetch configuration " + url + ": stopped after " + MOST_REQUESTS
                + " redirects");
    }

    private void add(String file, String text) {
        LoadSettings settings = LoadSettings.builder().setLabel(file).setMaxAliasesForCollections(0).build();
        try {
            new Compose(settings).composeString(text).ifPresent(root -> mapping(file, root));
        } catch (YamlEngineException e) {
            throw new UsageFailure("configuration file " + file + " is not valid YAML: " + sentence(e));
        } catch (StackOverflowError e) {
            // the parser has no limit of its own
            throw new UsageFailure("configuration file " + file + " is not valid YAML: it is nested too deeply");
        }
    }

    /// Place and problem in one line.
    private static String sentence(YamlEngineException e) {
        return e instanceof MarkedYamlEngineException marked && marked.getProblemMark().isPresent()
                ? "line " + (marked.getProblemMark().get().getLine() + 1) + ", column "
                        + (marked.getProblemMark().get().getColumn() + 1) + ": " + marked.getProblem()
                : String.valueOf(e.getMessage()).lines().collect(Collectors.joining(" "));
    }

    private void mapping(String file, Node root) {
        if (!(root instanceof MappingNode mapping)) {
            if (root instanceof ScalarNode s && text(s).isEmpty()) {
                return;
            }
            throw new UsageFailure(where(file, root) + ": a configuration file holds lines of the form key: value");
        }
        Set<String> seen = new HashSet<>();
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                throw new UsageFailure(where(file, entry.getKeyNode()) + ": a key must be a word");
            }
            if (!seen.add(key.getValue())) {
                throw new UsageFailure(
                        where(file, key) + ": duplicate key \"" + key.getValue() + "\"; keep one of them");
            }
            put(key.getValue(), values(file, entry.getValueNode()));
        }
    }

    private void put(String key, List<Value> values) {
        boolean append = key.endsWith("+");
        String name = append ? key.substring(0, key.length() - 1) : key;
        int dashes = 0;
        while (dashes < name.length() && name.charAt(dashes) == '-') {
            dashes++;
        }
        String bare = name.substring(dashes);
        if (append) {
            keys.computeIfAbsent(bare, k -> new ArrayList<>()).addAll(values);
        } else {
            keys.put(bare, new ArrayList<>(values));
        }
    }

    /// Without blanks and line breaks around them, as K3s takes them: `token: |` has none at its end.
    private static List<Value> values(String file, Node node) {
        return switch (node) {
            case ScalarNode s -> List.of(new Value(text(s), where(file, s), s.isPlain()));
            case SequenceNode list -> list.getValue().stream().flatMap(n -> values(file, n).stream()).toList();
            default -> throw new UsageFailure(where(file, node) + ": a value must be a word or a list of words");
        };
    }

    private static String text(ScalarNode scalar) {
        return scalar.isPlain() && NULLS.contains(scalar.getValue()) ? "" : scalar.getValue().strip();
    }

    private static String where(String file, Node node) {
        return file + ":" + node.getStartMark().map(Mark::getLine).map(l -> l + 1).orElse(0);
    }
}
