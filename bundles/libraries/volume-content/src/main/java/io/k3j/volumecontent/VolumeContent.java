package io.k3j.volumecontent;

import io.k3j.kubeletvolumes.VolumeFiles;
import io.k3j.kubeletvolumes.VolumeFiles.Content;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.Environment;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.kuberuntime.PodTokens;
import io.k3j.kuberuntime.ReferencedObjects;
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
/// <https://kubernetes.io/docs/concepts/storage/projected-volumes/>. Any thread; blocks while objects are
/// read.
///
/// What a pod may leave out (`optional`) is missing silently; what it needs and is not there is a [ConfigError] in
/// upstream's words. The whole of a volume is collected in memory, within the bound of [CollectedFiles#MAX_BYTES].
public final class VolumeContent implements VolumeFiles {
    /// `defaultMode` where the pod says nothing: 0644.
    private static final long DEFAULT_MODE = 0644;
    private final ReferencedObjects references;
    private final Environment environment;
    private final PodTokens tokens;
    private final TrustBundles bundles;
    private final PodCertificates certificates;

    /// @param references where ConfigMaps and Secrets are read
    /// @param environment what of pod and node the downward API shows
    /// @param tokens where service account tokens come from
    /// @param bundles where trust anchors come from
    /// @param certificates where keys and certificates come from
    public VolumeContent(ReferencedObjects references, Environment environment, PodTokens tokens,
            TrustBundles bundles, PodCertificates certificates) {
        this.references = references;
        this.environment = environment;
        this.tokens = tokens;
        this.bundles = bundles;
        this.certificates = certificates;
    }

    /// One that shows neither trust anchors nor certificates.
    public VolumeContent(ReferencedObjects references, Environment environment, PodTokens tokens) {
        this(references, environment, tokens, TrustBundles.off(), PodCertificates.off());
    }

    @Override
    public Map<String, Content> of(Obj pod, Struct volume, List<String> addresses) {
        CollectedFiles files = new CollectedFiles();
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
            List<Struct> sources = projected.seq("sources").structs();
            for (int i = 0; i < sources.size(); i++) {
                Struct certificate = sources.get(i).struct("podCertificate");
                if (certificate.isEmpty()) {
                    source(pod, sources.get(i), mode, addresses, files);
                } else {
                    certificate(pod, volume.text("name") + "/" + i, certificate, mode, files);
                }
            }
        }
        return files.files();
    }

    /// One of `projected.sources` but `podCertificate`. The mode of tokens and trust anchors is not the volume's: with
    /// a user or group of its own only they may read them, as upstream has it. Sources that are not known are refused
    /// rather than left out; one of no sort shows nothing: the API server has taken its sort away.
    /// @param mode of the projected volume; its sources have none
    private void source(Obj pod, Struct source, long mode, List<String> addresses, CollectedFiles files) {
        if (source.has("configMap")) {
            configMap(pod, source.struct("configMap"), mode, files);
        } else if (source.has("secret")) {
            secret(pod, source.struct("secret").text("name"), source.struct("secret"), mode, files);
        } else if (source.has("downwardAPI")) {
            downward(pod, source.struct("downwardAPI"), mode, addresses, files);
        } else if (source.has("serviceAccountToken")) {
            Struct t = source.struct("serviceAccountToken");
            own(pod, t.text("path"), token(pod, t, files), mode, files);
        } else if (source.has("clusterTrustBundle")) {
            Struct b = source.struct("clusterTrustBundle");
            own(pod, b.text("path"), files.text("bundle " + b.without("path"), () -> bundles.anchors(b)), mode, files);
        } else if (!source.isEmpty()) {
            throw ConfigError.config("unsupported projected source " + source.names());
        }
    }

    /// Key and certificates, in one file or in two.
    private void certificate(Obj pod, String place, Struct source, long mode, CollectedFiles files) {
        PodCertificate.Issued issued = certificates.of(pod, place, source);
        Map<String, String> shown = Map.of("credentialBundlePath", issued.key() + issued.chain(), "keyPath",
                issued.key(), "certificateChainPath", issued.chain());
        shown.forEach((field, text) -> {
            if (!source.text(field).isEmpty()) {
                own(pod, source.text(field), bytes(text), mode, files);
            }
        });
    }

    private static void own(Obj pod, String path, byte[] bytes, long mode, CollectedFiles files) {
        OptionalLong user = user(pod);
        boolean own = user.isPresent() || pod.spec().struct("securityContext").has("fsGroup");
        files.put(path, new Content(bytes, own ? 0600 : (int) mode, user.orElse(-1)));
    }

    private byte[] token(Obj pod, Struct source, CollectedFiles files) {
        String audience = source.text("audience");
        long seconds = source.whole("expirationSeconds", 3600);
        return files.text("token " + seconds + " " + audience, () -> bytes(tokens.of(pod, audience, seconds)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// The one user all containers run as, if the pod names one: only that user may read a token. Upstream's
    /// `FsUserFrom`. Ephemeral containers do not count here: they come later, and the files stay as they are.
    static OptionalLong user(Obj pod) {
        Struct common = pod.spec().struct("securityContext");
        List<Struct> all = new ArrayList<>(PodSpecs.initContainers(pod));
        all.addAll(PodSpecs.containers(pod));
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

    /// `data` is text, `binaryData` Base64; a key is in one of them only.
    private void configMap(Obj pod, Struct source, long mode, CollectedFiles files) {
        String name = source.text("name");
        files.object("configmap " + name, () -> references
                .need(ReferencedObjects.CONFIG_MAPS, pod.namespace(), name, source.flag("optional")).map(o -> {
                    Map<String, byte[]> data = new HashMap<>();
                    o.tree().struct("data").texts().forEach((k, v) -> data.put(k, bytes(v)));
                    o.tree().struct("binaryData").texts().forEach((k, v) -> data.put(k, Base64.getDecoder().decode(v)));
                    return data;
                })).ifPresent(data -> pick(source, data, mode, "configmap references non-existent config", files));
    }

    /// @param source has `items` and `optional`
    private void secret(Obj pod, String name, Struct source, long mode, CollectedFiles files) {
        files.object("secret " + name, () -> references
                .need(ReferencedObjects.SECRETS, pod.namespace(), name, source.flag("optional")).map(o -> {
                    Map<String, byte[]> data = new HashMap<>();
                    o.tree().struct("data").texts().forEach((k, v) -> data.put(k, Base64.getDecoder().decode(v)));
                    return data;
                })).ifPresent(data -> pick(source, data, mode, "references non-existent secret", files));
    }

    /// Without `items` each key is a file of its name; with them only the keys that are named, each at its path.
    /// @param missing what is said of a key that is missing, upstream's words
    /// @throws ConfigError when a key is missing and the source is not optional
    private static void pick(Struct source, Map<String, byte[]> data, long mode, String missing,
            CollectedFiles files) {
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
                throw ConfigError.config(missing + " key: " + item.text("key"));
            }
        }
    }

    /// The pod as it is now: its labels and annotations may change while it runs, and the files follow.
    private void downward(Obj pod, Struct source, long mode, List<String> addresses, CollectedFiles files) {
        for (Struct item : source.seq("items").structs()) {
            byte[] shown = item.has("fieldRef")
                    ? field(pod, item.struct("fieldRef").text("fieldPath"), addresses, files)
                    : amount(pod, item.struct("resourceFieldRef"), files);
            files.put(item.text("path"), new Content(shown, (int) item.whole("mode", mode)));
        }
    }

    private byte[] field(Obj pod, String path, List<String> addresses, CollectedFiles files) {
        return files.text("field " + path, () -> bytes(environment.field(pod, path, addresses)));
    }

    private byte[] amount(Obj pod, Struct ref, CollectedFiles files) {
        String container = ref.text("containerName");
        return files.text("amount " + ref.text("resource") + " " + ref.text("divisor") + " " + container,
                () -> bytes(environment.amount(pod, PodSpecs.container(pod, container), ref)));
    }

    private static long mode(Struct source, long otherwise) {
        return source.whole("defaultMode", otherwise);
    }
}
