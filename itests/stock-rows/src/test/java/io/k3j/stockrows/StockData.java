package io.k3j.stockrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The database stock K3s would have left: of every kind one object in its second version and one that is deleted;
/// JSON rows beside; a gap; compacted at its beginning.
final class StockData {
    /// The label `round` of what is current.
    static final int CURRENT = 2;
    /// The name of what is deleted.
    static final String GONE = "gone";
    private static final long EVENT_LEASE = 3600;
    private static final int MIDDLE = 20;

    private final Map<String, String> texts = resource("protobuf-rows.txt");
    private final Map<String, String> json = resource("json-rows.txt");
    private final List<Served> kinds = new ArrayList<>();

    /// Data for what `served` lists; kinds without a message are left out.
    StockData(List<Served> served) {
        for (Served kind : served) {
            if (Messages.known(kind.apiVersion(), kind.kind()) && !isSecondDoor(kind)) {
                kinds.add(kind);
            }
        }
    }

    private static boolean isSecondDoor(Served kind) {
        // these lie as core events, as autoscaling/v2, and as JSON
        return kind.apiVersion().equals("events.k8s.io/v1") || kind.apiVersion().equals("autoscaling/v1")
                || kind.apiVersion().equals("apiextensions.k8s.io/v1");
    }

    /// The kinds with protobuf rows.
    List<Served> kinds() {
        return kinds;
    }

    /// The kinds that are served but have no text in the resource file.
    List<String> withoutText() {
        return kinds.stream().filter(kind -> header(kind) == null).map(Served::toString).toList();
    }

    /// The kinds that have a text and are not served.
    List<String> notServed() {
        List<String> headers = kinds.stream().map(this::header).toList();
        return texts.keySet().stream().filter(header -> !headers.contains(header)).toList();
    }

    /// The name of a kind's object.
    String name(Served kind) {
        String[] words = Objects.requireNonNull(header(kind)).split(" ");
        return words.length > 2 ? words[2] : "row";
    }

    private String header(Served kind) {
        String start = kind.apiVersion() + " " + kind.kind();
        return texts.keySet().stream().filter(line -> line.equals(start) || line.startsWith(start + " ")).findFirst()
                .orElse(null);
    }

    /// A kind's object in one of its versions.
    StockObject object(Served kind, String name, int round) throws IOException {
        return StockObject.parse(kind, name, texts.get(header(kind)), round);
    }

    /// The JSON rows by key, in one version.
    Map<String, String> jsonRows(int round) {
        Map<String, String> rows = new LinkedHashMap<>();
        json.forEach((key, text) -> rows.put(key, text.replace("ROUND", Integer.toString(round))));
        return rows;
    }

    /// Writes the file.
    /// @return the revision it is compacted to
    long write(Path file) throws IOException, SQLException {
        Files.createDirectories(file.getParent());
        try (KineFile kine = KineFile.open(file)) {
            kine.makeSchema();
            kine.create("compact_rev_key", 0, KineFile.text(""));
            kine.create("/registry/health", 0, KineFile.text("{\"health\":\"true\"}"));
            kine.create("compact_rev_key_apiserver", 0, KineFile.text("1\u203612"));
            long middle = 0;
            for (int i = 0; i < kinds.size(); i++) {
                KineFile.Row last = write(kine, kinds.get(i));
                middle = i == MIDDLE ? last.id() : middle;
                if (i % MIDDLE == 1) {
                    kine.gap();
                }
            }
            for (Map.Entry<String, String> row : jsonRows(1).entrySet()) {
                KineFile.Row first = kine.create(row.getKey(), 0, KineFile.text(row.getValue()));
                kine.update(first, KineFile.text(jsonRows(CURRENT).get(row.getKey())));
            }
            kine.compact(middle);
            return middle;
        }
    }

    private KineFile.Row write(KineFile kine, Served kind) throws IOException, SQLException {
        long lease = kind.kind().equals("Event") ? EVENT_LEASE : 0;
        String name = name(kind);
        KineFile.Row first = kine.create(kind.key(name), lease, object(kind, name, 1).value());
        KineFile.Row other = kine.create(kind.key(GONE), lease, object(kind, GONE, 1).value());
        KineFile.Row second = kine.update(first, object(kind, name, CURRENT).value());
        KineFile.Row tombstone = kine.delete(other);
        if (kind.kind().equals("ConfigMap")) {
            return kine.delete(kine.createAgain(tombstone, object(kind, GONE, CURRENT).value()));
        }
        return second.id() > tombstone.id() ? second : tombstone;
    }

    private static Map<String, String> resource(String name) {
        try (InputStream in = Objects.requireNonNull(StockData.class.getResourceAsStream(name))) {
            Map<String, String> parts = new LinkedHashMap<>();
            String header = "";
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                if (line.startsWith("= ")) {
                    header = line.substring(2);
                    parts.put(header, "");
                } else if (!line.startsWith("#")) {
                    parts.merge(header, line + "\n", String::concat);
                }
            }
            return parts;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
