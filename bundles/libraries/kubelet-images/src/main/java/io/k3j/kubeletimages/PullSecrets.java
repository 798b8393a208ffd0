package io.k3j.kubeletimages;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.imageregistries.ImageName;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Credentials of a pod's `imagePullSecrets`, of the types `kubernetes.io/dockerconfigjson` and
/// `kubernetes.io/dockercfg`. For any thread; blocks for the API.
final class PullSecrets {
    private final ReferencedObjects references;

    PullSecrets(ReferencedObjects references) {
        this.references = references;
    }

    /// Those that are for an image, in the order of the pod.
    ///
    /// @param unread receives what is wrong with the others, without secrets
    List<PullCredential> of(Obj pod, ImageName image, List<String> unread) {
        List<PullCredential> all = new ArrayList<>();
        for (Struct ref : pod.spec().seq("imagePullSecrets").structs()) {
            String about = "image pull secret \"" + ref.text("name") + "\" ";
            try {
                Obj secret = references.need(ReferencedObjects.SECRETS, pod.namespace(), ref.text("name"), false)
                        .orElseThrow();
                Struct auths = auths(secret.tree().struct("data"));
                auths.names().stream().sorted(ImageMatch.SPECIFIC_FIRST)
                        .filter(url -> ImageMatch.parse(url).matches(image))
                        .forEach(url -> auth(auths.struct(url)).ifPresentOrElse(
                                auth -> all.add(PullCredential.ofSecret(auth, secret.uid(), secret.namespace(),
                                        secret.name())),
                                () -> unread.add(about + "has for " + url + " an auth that is not the base64 of"
                                        + " USER:PASSWORD; make it by kubectl create secret docker-registry")));
            } catch (ConfigError e) {
                unread.add(about + "cannot be read: " + e.getMessage());
            } catch (MalformedInput | IllegalArgumentException e) {
                // the parser's message may quote a part of a password
                unread.add(about + "has no .dockerconfigjson that is valid JSON");
            }
        }
        return all;
    }

    private static Struct auths(Struct data) {
        String json = data.text(".dockerconfigjson");
        if (!json.isEmpty()) {
            return Json.object(Base64.getDecoder().decode(json)).struct("auths");
        }
        String old = data.text(".dockercfg");
        return old.isEmpty() ? Struct.EMPTY : Json.object(Base64.getDecoder().decode(old));
    }

    /// A credential; empty when it is unreadable. Wrapped base64 lines are accepted, as upstream does.
    private static Optional<Struct> auth(Struct a) {
        String user = a.text("username");
        String password = a.text("password");
        if (user.isEmpty() && !a.text("auth").isEmpty()) {
            try {
                String base64 = a.text("auth").replaceAll("\\s", "");
                String both = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
                int colon = both.indexOf(':');
                if (colon < 0) {
                    return Optional.empty();
                }
                user = both.substring(0, colon);
                password = both.substring(colon + 1);
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return Optional.of(Struct.builder().putUnlessEmpty("username", user).putUnlessEmpty("password", password)
                .putUnlessEmpty("identityToken", a.text("identitytoken")).build());
    }
}
