package io.k3j.etcdsnapshots;

import io.k3j.apimachinery.Quantity;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.WriteOptions;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The ConfigMap `kube-system/k3s-etcd-snapshots`, in which K3s kept its list of snapshots before it had
/// `ETCDSnapshotFile`. K3s goes on writing it for programs that read what the administrator says about snapshots, and
/// for no others: a snapshot without such words is not in it. For one step and one thread.
final class SnapshotMirror {
    private static final Gvr CONFIG_MAPS = Gvr.of("v1", "configmaps");
    private static final Key MIRROR = new Key("kube-system", "k3s-etcd-snapshots");
    /// A ConfigMap holds 1 MiB; the oldest have to go when all would be more.
    static final int MAX_BYTES = (1 << 20) - (16 << 10);
    private final Set<String> storages;

    /// @param storages the entries that are made here; those of others are left to their servers
    SnapshotMirror(Set<String> storages) {
        this.storages = storages;
    }

    /// Makes it as the objects are, when it is not; blocks for one or two requests.
    ///
    /// @param objects all `ETCDSnapshotFile`s there are
    /// @throws io.k3j.clientapi.ApiFault also when somebody changed it meanwhile; the next look does it
    void step(ApiClient client, List<Obj> objects) {
        Optional<Obj> there = client.find(CONFIG_MAPS, MIRROR);
        Map<String, String> before = there.map(map -> map.tree().struct("data").texts()).orElse(Map.of());
        Map<String, String> now = new TreeMap<>();
        before.forEach((key, value) -> {
            if (!storages.contains(read(value).text("nodeName"))) {
                now.put(key, value);
            }
        });
        for (Obj one : objects) {
            String storage = one.labels().getOrDefault(SnapshotFile.STORAGE, "");
            if (storages.contains(storage) && !one.spec().struct("metadata").isEmpty()) {
                now.put((storage.equals(SnapshotFile.S3) ? "s3-" : "local-") + name(one),
                        Json.text(entry(one, storage)));
            }
        }
        fit(now);
        if (!now.equals(before)) {
            Struct data = Struct.copyOf(now);
            if (there.isPresent()) {
                client.update(CONFIG_MAPS, there.get().withTree(there.get().tree().with("data", data)),
                        WriteOptions.PLAIN);
            } else {
                client.create(CONFIG_MAPS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                        Struct.of("name", MIRROR.name(), "namespace", MIRROR.namespace()), "data", data)),
                        WriteOptions.PLAIN);
            }
        }
    }

    /// Empty for an entry that is not K3s', which stays: it is of no storage.
    private static Struct read(String entry) {
        try {
            return Json.object(entry.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedInput foreign) {
            return Struct.EMPTY;
        }
    }

    /// As a key of a ConfigMap may be; K3s replaces other characters, too.
    private static String name(Obj object) {
        StringBuilder name = new StringBuilder(object.spec().text("snapshotName"));
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-'
                    || c == '.';
            name.setCharAt(i, allowed ? c : '_');
        }
        return name.toString();
    }

    /// K3s' record of a snapshot before it had objects.
    private static Struct entry(Obj object, String storage) {
        Struct spec = object.spec();
        Struct status = object.status();
        String error = status.struct("error").text("message");
        return Struct.builder().put("name", spec.text("snapshotName")).putUnlessEmpty("location", spec.text("location"))
                .put("metadata", base64(Json.text(spec.struct("metadata"))))
                .putUnlessEmpty("message", error.isEmpty() ? "" : base64(error)).put("nodeName", storage)
                .put("createdAt", status.text("creationTime")).put("size", size(status))
                .put("status", status.flag("readyToUse") ? "successful" : "failed")
                .putUnlessEmpty("s3Config", s3(spec.struct("s3")))
                .put("compressed", spec.text("snapshotName").endsWith(".zip")).build();
    }

    /// K3s' objects have a quantity, which may have a suffix, and older ones a number. What is neither is no size: one
    /// odd object keeps nobody from the others.
    static long size(Struct status) {
        try {
            return Quantity.of(status.get("size")).value();
        } catch (IllegalArgumentException odd) {
            return 0;
        }
    }

    /// The folder is called prefix in objects and folder here.
    private static Struct s3(Struct s3) {
        return s3.isEmpty() ? s3 : s3.without("prefix").toBuilder().putUnlessEmpty("folder", s3.text("prefix")).build();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The bound counts characters: keys and base64 are ASCII, and names of files are as a rule.
    private static void fit(Map<String, String> entries) {
        List<Map.Entry<String, String>> oldestFirst = new ArrayList<>(entries.entrySet());
        oldestFirst.sort(Comparator.comparing(e -> read(e.getValue()).text("createdAt")));
        long bytes = oldestFirst.stream().mapToLong(e -> e.getKey().length() + e.getValue().length()).sum();
        for (Map.Entry<String, String> one : oldestFirst) {
            if (bytes > MAX_BYTES) {
                bytes -= one.getKey().length() + one.getValue().length();
                entries.remove(one.getKey());
            }
        }
    }
}
