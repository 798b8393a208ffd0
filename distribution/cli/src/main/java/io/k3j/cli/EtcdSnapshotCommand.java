package io.k3j.cli;

import io.k3j.codec.Json;
import io.k3j.codec.TerminalText;
import io.k3j.codec.Yaml;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.ClusterAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// `k3s etcd-snapshot save|ls|delete|prune`: asks the running server, as K3s does.
final class EtcdSnapshotCommand {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration S3_LIMIT = Duration.ofMinutes(5);
    private static final List<String> COLUMNS = List.of("Name", "Location", "Size", "Created");

    private EtcdSnapshotCommand() {
    }

    /// The first word is what is to be done, wherever it stands: flags may be before it.
    static int run(List<String> arguments, Host host) {
        List<String> plain = EtcdSnapshotFlags.plain(arguments);
        String word = plain.isEmpty() ? "save" : plain.getFirst();
        List<String> names = plain.isEmpty() ? List.of() : plain.subList(1, plain.size());
        Words words = EtcdSnapshotFlags.words(word, arguments, host);
        if (words.on("help")) {
            System.out.println(EtcdSnapshotFlags.USAGE);
            return 0;
        }
        String output = words.text("output", "table").toLowerCase(Locale.ROOT);
        if (!List.of("table", "json", "yaml").contains(output)) {
            throw new UsageFailure("invalid output format: " + output + "; use json or yaml");
        }
        switch (word) {
            case "save" -> told(ask(request("save", words, host, none(names, words)), words, host), "created", "saved");
            case "ls", "list", "l" ->
                System.out.print(list(ask(request("list", words, host, none(names, words)), words, host), output));
            case "delete" -> {
                if (names.isEmpty()) {
                    throw new UsageFailure("no snapshots given for removal; see k3s etcd-snapshot ls");
                }
                Struct result = ask(request("delete", words, host, names), words, host);
                told(result, "deleted", "deleted");
                missing(names, result).forEach(name -> System.err.println("k3s: " + name));
            }
            case "prune" ->
                told(ask(request("prune", words, host, none(names, words)), words, host), "deleted", "deleted");
            default -> throw new UsageFailure("No help topic for '" + word + "'\n" + EtcdSnapshotFlags.USAGE);
        }
        return 0;
    }

    private static List<String> none(List<String> names, Words words) {
        if (!names.isEmpty()) {
            throw new UsageFailure("this command does not take any arguments: " + String.join(" ", names)
                    + "; a snapshot's name is given with --name");
        }
        return List.of(words.text("name", ""));
    }

    /// The body of the request.
    static Struct request(String operation, Words words, Host host, List<String> names) {
        Struct.Builder body = Struct.builder().put("operation", operation);
        List<String> given = names.stream().filter(name -> !name.isEmpty()).toList();
        if (!given.isEmpty()) {
            body.put("name", Seq.copyOf(given));
        } else if (!operation.equals("list")) {
            body.put("name", Seq.of("on-demand"));
        }
        String dir = words.text("dir", "");
        if (!dir.isEmpty()) {
            body.put("dir", Path.of(dir).toAbsolutePath().toString());
        }
        if (!words.text("snapshot-compress", "").isEmpty()) {
            body.put("compress", words.on("snapshot-compress"));
        }
        if (operation.equals("save")) {
            // what somebody saves by hand is deleted by hand, as in K3s
            body.put("retention", 0);
        } else if (!words.text("snapshot-retention", "").isEmpty()) {
            body.put("retention", EtcdSnapshotFlags.number("snapshot-retention", words));
        }
        if (words.on("s3")) {
            body.put("s3", EtcdSnapshotFlags.s3(words, host));
        }
        return body.build();
    }

    private static Struct ask(Struct request, Words words, Host host) {
        // K3S_URL is where this machine has joined, not whose snapshots are meant
        try (ClusterAccess access = RunningServer.reach(words, host.without("K3S_URL"))) {
            Duration limit = request.has("s3") ? LIMIT.plus(S3_LIMIT) : LIMIT;
            return Json.object(RunningServer.granted(access.post("/db/snapshot", Json.bytes(request), limit))
                    .getBytes(StandardCharsets.UTF_8));
        } catch (IOException | io.k3j.codec.MalformedInput broken) {
            throw new UsageFailure(broken.getMessage() + "; see server log for details");
        }
    }

    /// What is said of each name that was to be deleted and was not there.
    static List<String> missing(List<String> names, Struct result) {
        List<String> deleted = result.seq("deleted").texts();
        return names.stream().filter(name -> !deleted.contains(name))
                .map(name -> "Snapshot " + TerminalText.escaped(name) + " not found; see k3s etcd-snapshot ls")
                .toList();
    }

    private static void told(Struct result, String field, String what) {
        result.seq(field).texts().forEach(name -> System.out
                .println("Snapshot " + TerminalText.escaped(name) + " " + what + "."));
    }

    /// What `ls` prints.
    static String list(Struct answer, String output) {
        List<Struct> items = answer.seq("items").structs().stream().sorted(Comparator
                .comparing((Struct one) -> one.struct("status").text("creationTime"))
                .thenComparing(one -> one.struct("spec").text("snapshotName"))).toList();
        Struct sorted = answer.with("items", Seq.copyOf(items));
        if (output.equals("json")) {
            return TerminalText.escaped(Json.text(sorted)) + "\n";
        }
        return output.equals("yaml") ? Yaml.text(sorted) : TerminalText.escaped(table(items.stream().map(one -> List.of(
                one.struct("spec").text("snapshotName"), one.struct("spec").text("location"),
                one.struct("status").text("size"), one.struct("status").text("creationTime"))).toList()));
    }

    private static String table(List<List<String>> rows) {
        int[] widths = new int[COLUMNS.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] = Math.max(COLUMNS.get(i).length(),
                    rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0)) + 1;
        }
        StringBuilder text = new StringBuilder(line(COLUMNS, widths));
        rows.forEach(row -> text.append(line(row, widths)));
        return text.toString();
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length - 1; i++) {
            line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length()));
        }
        return line.append(row.getLast()).append('\n').toString();
    }
}
