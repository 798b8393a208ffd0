package io.k3j.kubelet;

import io.k3j.kubelet.AtomicDirectory.Content;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// The files of configMap, secret, downwardAPI and projected volumes. See
/// <https://kubernetes.io/docs/concepts/storage/projected-volumes/>.
final class VolumeContent {
    private static final long DEFAULT_MODE = 0644;
    private final References references;
    private final Environment environment;
    private final Tokens tokens;

    VolumeContent(References references, Environment environment, Tokens tokens) {
        this.references = references;
        this.environment = environment;
        this.tokens = tokens;
    }

    /// The files a volume shows, by path.
    /// @throws ConfigProblem when something needed is missing
    Map<String, Content> of(Obj pod, Struct volume, List<String> addresses) {
        Map<String, Content> files = new HashMap<>();
        if (volume.has("configMap")) {
            configMap(pod, volume.struct("configMap"), mode(volume.struct("configMap"), DEFAULT_MODE), files);
        } else if (volume.has("secret")) {
            Struct secret = volume.struct("secret");
            secret(pod, secret.text("secretName"), secret, mode(secret, DEFAULT_MODE), files);
        } else if (volume.has("downwardAPI")) {
            Struct d = volume.struct("downwardAPI");
            downward(pod, d, mode(d, DEFAULT_MODE), addresses, files);
        } else {
            Struct projected = volume.struct("projected");
            long mode = mode(projected, DEFAULT_MODE);
            projected.seq("sources").structs().forEach(s -> source(pod, s, mode, addresses, files));
        }
        return files;
    }

    private void source(Obj pod, Struct source, long mode, List<String> addresses, Map<String, Content> files) {
        if (source.has("configMap")) {
            configMap(pod, source.struct("configMap"), mode, files);
        } else if (source.has("secret")) {
            secret(pod, source.struct("secret").text("name"), source.struct("secret"), mode, files);
        } else if (source.has("downwardAPI")) {
            downward(pod, source.struct("downwardAPI"), mode, addresses, files);
        } else if (source.has("serviceAccountToken")) {
            Struct t = source.struct("serviceAccountToken");
            OptionalLong user = user(pod);
            boolean own = user.isPresent() || pod.spec().struct("securityContext").has("fsGroup");
            files.put(t.text("path"), new Content(tokens.of(pod, t.text("audience"),
                    t.whole("expirationSeconds", 3600)).getBytes(StandardCharsets.UTF_8), own ? 0600 : (int) mode,
                    user.orElse(-1)));
        } else {
            throw ConfigProblem.config("unsupported projected source " + source.names());
        }
    }

    /// The one user all containers run as, if the pod names one: only that user may read a token.
    static OptionalLong user(Obj pod) {
        Struct common = pod.spec().struct("securityContext");
        List<Struct> all = new ArrayList<>(Pods.initContainers(pod));
        all.addAll(Pods.containers(pod));
        long user = -1;
        for (Struct c : all) {
            Struct own = c.struct("securityContext");
            long its = (own.has("runAsUser") ? own : common).whole("runAsUser", -1);
            if (its < 0 || user >= 0 && user != its) {
                return OptionalLong.empty();
            }
            user = its;
        }
        return user < 0 ? OptionalLong.empty() : OptionalLong.of(user);
    }

    private void configMap(Obj pod, Struct source, long mode, Map<String, Content> files) {
        references.need(References.CONFIG_MAPS, pod.namespace(), source.text("name"), source.flag("optional"))
                .ifPresent(o -> {
                    Map<String, byte[]> data = new HashMap<>();
                    o.tree().struct("data").texts().forEach((k, v) -> data.put(k, v.getBytes(StandardCharsets.UTF_8)));
                    o.tree().struct("binaryData").texts().forEach((k, v) -> data.put(k, Base64.getDecoder().decode(v)));
                    pick(source, data, mode, "configmap " + source.text("name"), files);
                });
    }

    private void secret(Obj pod, String name, Struct source, long mode, Map<String, Content> files) {
        references.need(References.SECRETS, pod.namespace(), name, source.flag("optional")).ifPresent(o -> {
            Map<String, byte[]> data = new HashMap<>();
            o.tree().struct("data").texts().forEach((k, v) -> data.put(k, Base64.getDecoder().decode(v)));
            pick(source, data, mode, "secret " + name, files);
        });
    }

    private static void pick(Struct source, Map<String, byte[]> data, long mode, String what,
            Map<String, Content> files) {
        List<Struct> items = source.seq("items").structs();
        if (items.isEmpty()) {
            data.forEach((k, v) -> files.put(k, new Content(v, (int) mode)));
            return;
        }
        for (Struct item : items) {
            byte[] bytes = data.get(item.text("key"));
            if (bytes != null) {
                files.put(item.text("path"), new Content(bytes, (int) item.whole("mode", mode)));
            } else if (!source.flag("optional")) {
                throw ConfigProblem.config(what + " references non-existent key: " + item.text("key"));
            }
        }
    }

    private void downward(Obj pod, Struct source, long mode, List<String> addresses, Map<String, Content> files) {
        for (Struct item : source.seq("items").structs()) {
            Struct ref = item.struct("resourceFieldRef");
            String text = item.has("fieldRef")
                    ? environment.field(pod, item.struct("fieldRef").text("fieldPath"), addresses)
                    : environment.amount(Pods.container(pod, ref.text("containerName")), ref);
            files.put(item.text("path"), new Content(text.getBytes(StandardCharsets.UTF_8),
                    (int) item.whole("mode", mode)));
        }
    }

    private static long mode(Struct source, long otherwise) {
        return source.whole("defaultMode", otherwise);
    }
}
