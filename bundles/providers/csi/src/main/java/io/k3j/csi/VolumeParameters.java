package io.k3j.csi;

import io.k3j.clientapi.ApiClient;
import io.k3j.codec.Json;
import io.k3j.kuberuntime.PodTokens;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/// What drivers are given besides the volume itself: Secrets, facts of the pod and tokens of its service account, as
/// the CSIDriver asks for. See <https://kubernetes-csi.github.io/docs/pod-info.html> and
/// <https://kubernetes-csi.github.io/docs/token-requests.html>. Any thread; blocks for the API.
final class VolumeParameters {
    private static final String PREFIX = "csi.storage.k8s.io/";
    private static final String TOKENS = PREFIX + "serviceAccount.tokens";
    private static final long TOKEN_SECONDS = 3600;
    private final ApiClient api;
    private final PodTokens tokens;

    VolumeParameters(ApiClient api, PodTokens tokens) {
        this.api = api;
        this.tokens = tokens;
    }

    /// Both maps that a publication has.
    ///
    /// @param secrets never to be shown
    record Both(Map<String, String> context, Map<String, String> secrets) {
        /// Without secrets, nor tokens.
        @Override
        public String toString() {
            return "Both[" + context.keySet() + ", " + secrets.keySet() + "]";
        }
    }

    /// The volume's own attributes, without what a publication adds.
    static Map<String, String> attributes(CsiVolume volume) {
        return volume.csi().struct("volumeAttributes").texts();
    }

    /// For `NodePublishVolume`.
    /// @throws io.k3j.kuberuntime.ConfigError when there is no token to be had
    /// @throws io.k3j.clientapi.ApiFault when the API does not answer
    Both publication(CsiVolume volume, CsiDriverSpec driver) throws IOException {
        Map<String, String> context = new LinkedHashMap<>(attributes(volume));
        Map<String, String> secrets = new LinkedHashMap<>(secrets(volume, "nodePublishSecretRef"));
        Obj pod = volume.request().pod();
        if (driver.podInfo()) {
            context.put(PREFIX + "pod.name", pod.name());
            context.put(PREFIX + "pod.namespace", pod.namespace());
            context.put(PREFIX + "pod.uid", pod.uid());
            context.put(PREFIX + "serviceAccount.name", pod.spec().text("serviceAccountName"));
            context.put(PREFIX + "ephemeral", Boolean.toString(volume.ephemeral()));
        }
        if (!driver.tokenRequests().isEmpty()) {
            (driver.tokensAreSecrets() ? secrets : context).put(TOKENS, tokens(pod, driver));
        }
        return new Both(context, secrets);
    }

    private String tokens(Obj pod, CsiDriverSpec driver) {
        Struct.Builder all = Struct.builder();
        for (Struct request : driver.tokenRequests()) {
            String audience = request.text("audience");
            Struct status = tokens.status(pod, audience, request.whole("expirationSeconds", TOKEN_SECONDS));
            all.put(audience, Struct.of("token", status.text("token"), "expirationTimestamp",
                    status.text("expirationTimestamp")));
        }
        return Json.text(all.build());
    }

    /// What the Secret has that a volume names, empty where it names none.
    /// @param field of the source, as `nodeStageSecretRef`
    /// @throws IOException when it is not there
    Map<String, String> secrets(CsiVolume volume, String field) throws IOException {
        Struct reference = volume.csi().struct(field);
        if (reference.text("name").isEmpty()) {
            return Map.of();
        }
        Key key = new Key(reference.text("namespace", volume.request().pod().namespace()), reference.text("name"));
        Obj secret = api.find(ReferencedObjects.SECRETS, key)
                .orElseThrow(() -> new IOException("fetching N" + field.substring(1) + " " + key
                        + " failed: secrets \"" + key.name() + "\" not found"));
        Map<String, String> data = new LinkedHashMap<>();
        for (Map.Entry<String, String> one : secret.tree().struct("data").texts().entrySet()) {
            data.put(one.getKey(), decoded(key, one.getKey(), one.getValue()));
        }
        return data;
    }

    private static String decoded(Key secret, String name, String value) throws IOException {
        try {
            return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IOException("secret " + secret + " has no base64 below " + name);
        }
    }
}
