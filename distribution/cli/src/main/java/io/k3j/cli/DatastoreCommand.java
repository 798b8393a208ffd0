package io.k3j.cli;

import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.StoreRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `k3s datastore copy`: from any store to any other that is empty. Beyond K3s.
final class DatastoreCommand {
    private static final String USAGE = "use: k3s datastore copy --from=STORE --to=STORE, while no server uses either\n"
            + "  STORE: " + Stores.FORMS + "\n"
            + "  for TLS: --from-cafile, --from-certfile, --from-keyfile, --to-cafile, --to-certfile, --to-keyfile\n"
            + "  for this server: --data-dir (-d), --node-name, --node-ip";
    private static final Words.Form FORM = new Words.Form(USAGE, Map.of("d", "data-dir", "h", "help"),
            Set.of("from", "to", "from-cafile", "from-certfile", "from-keyfile", "to-cafile", "to-certfile",
                    "to-keyfile", "data-dir", "node-name", "node-ip"),
            Set.of("help"));

    private DatastoreCommand() {
    }

    static int run(List<String> arguments, Host host) {
        Words words = Words.of(arguments, FORM);
        if (words.on("help")) {
            System.out.println(USAGE);
            return 0;
        }
        if (!words.plain().equals(List.of("copy")) || words.text("from", "").isEmpty()
                || words.text("to", "").isEmpty()) {
            throw new UsageFailure(USAGE);
        }
        StoreRunner.Server here = new StoreRunner.Server(
                Path.of(words.text("data-dir", EarlyKeys.of(host).dataDir())).toAbsolutePath(),
                Defaults.nodeName(
                        words.text("node-name", host.environment().getOrDefault("K3S_NODE_NAME", host.name()))),
                words.text("node-ip", host.addresses().stream().findFirst().orElse("127.0.0.1")));
        Stores.Side from = Stores.Side.of(words.text("from", ""), files(words, "from"), here);
        Stores.Side to = Stores.Side.of(words.text("to", ""), files(words, "to"), here);
        if (from.equals(to)) {
            throw new UsageFailure("--from and --to are the same store");
        }
        DatastoreCopy.Content copied = copy(from, to);
        System.out.println("copied " + copied.keys() + " keys and the events there were, sha256 " + copied.hash()
                + "\n" + next(from, to));
        return 0;
    }

    private static List<String> files(Words words, String side) {
        return List.of(words.text(side + "-cafile", ""), words.text(side + "-certfile", ""),
                words.text(side + "-keyfile", ""));
    }

    /// Does it.
    static DatastoreCopy.Content copy(Stores.Side from, Stores.Side to) {
        try (Stores.Open source = Stores.open(from, false); Stores.Open target = Stores.open(to, true)) {
            DatastoreCopy.Content copied = new DatastoreCopy(source.datastore(), target.datastore(),
                    System.out::println).run(to.kind());
            target.keep();
            return copied;
        } catch (DatastoreUnavailable | IllegalArgumentException | IOException e) {
            throw new UsageFailure("cannot copy: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UsageFailure("interrupted; empty the target and begin again");
        }
    }

    private static String next(Stores.Side from, Stores.Side to) {
        String aside = from.kind().equals("etcd") && !to.kind().equals("etcd")
                ? "Next: move " + from.place().dataDir() + "/server/db/etcd away, which is used as long as it is there;"
                        + " then start"
                : "Next: start";
        return aside + " the servers with " + (to.embedded() ? "no --datastore-endpoint" : "--datastore-endpoint=" +
                "<what --to was>") + (to.kind().equals("sqlite") ? " and no --cluster-init" : "");
    }
}
