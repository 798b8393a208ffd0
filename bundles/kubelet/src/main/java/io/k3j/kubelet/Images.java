package io.k3j.kubelet;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.RuntimeFault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// Finds the images of containers, or fetches them. One fetch per name at a time, a few at once. See
/// <https://kubernetes.io/docs/concepts/containers/images/>.
final class Images {
    private static final int MAX_PULLS = 5;
    private static final Pull BEGUN = new Pull(false, "", Duration.ZERO, Instant.EPOCH, Duration.ZERO, false);
    private final ContainerRuntime runtime;
    private final References references;
    private final InstantSource clock;
    private final Semaphore slots = new Semaphore(MAX_PULLS);
    private final Map<String, Pull> pulls = new ConcurrentHashMap<>();

    /// How an image stands.
    sealed interface Outcome {
        /// It is here; `message` is for an event, may be empty.
        record Here(Image image, String name, String message) implements Outcome {
        }

        /// It is being fetched; the waiter is woken. `begun` when this call has begun it.
        record Fetching(boolean begun) implements Outcome {
        }

        /// It cannot be had now.
        record Missing(String reason, String message, Instant again) implements Outcome {
        }
    }

    private record Pull(boolean done, String error, Duration took, Instant again, Duration pause, boolean told) {
    }

    /// @param clock the monotonic one
    Images(ContainerRuntime runtime, References references, InstantSource clock) {
        this.runtime = runtime;
        this.references = references;
        this.clock = clock;
    }

    /// Looks for the image of a container that is about to start, for the first time or again, beginning to fetch it
    /// when its policy says so.
    /// @param wake called when a fetch has ended
    Outcome ensure(Obj pod, Struct container, Runnable wake) {
        String name = container.text("image");
        String policy = container.text("imagePullPolicy", policy(name));
        String id = pod.uid() + "/" + name;
        Pull pull = pulls.get(id);
        if (pull != null && !pull.done) {
            return new Outcome.Fetching(false);
        }
        boolean fetched = pull != null && pull.error.isEmpty();
        if (fetched || !policy.equals("Always")) {
            Optional<Image> found = runtime.images().find(name);
            if (found.isPresent()) {
                pulls.remove(id);
                return new Outcome.Here(found.get(), name, fetched ? pulled(name, pull, found.get())
                        : "Container image \"" + name + "\" already present on machine");
            }
        }
        if (policy.equals("Never")) {
            return new Outcome.Missing("ErrImageNeverPull", "Container image \"" + name
                    + "\" is not present with pull policy of Never", clock.instant().plus(Backoff.FIRST));
        }
        if (pull != null && !pull.error.isEmpty() && clock.instant().isBefore(pull.again)) {
            return waiting(id, name, pull);
        }
        begin(pod, name, id, pull, wake);
        return new Outcome.Fetching(true);
    }

    private Outcome waiting(String id, String name, Pull pull) {
        if (!pull.told) {
            pulls.put(id, new Pull(true, pull.error, pull.took, pull.again, pull.pause, true));
            return new Outcome.Missing("ErrImagePull", pull.error, clock.instant().plusMillis(500));
        }
        return new Outcome.Missing("ImagePullBackOff", "Back-off pulling image \"" + name + "\": ErrImagePull: "
                + pull.error, pull.again);
    }

    private static String pulled(String name, Pull pull, Image image) {
        String took = pull.took.toMillis() < 1000 ? pull.took.toMillis() + "ms"
                : pull.took.toMillis() / 1000 + "." + pull.took.toMillis() % 1000 + "s";
        return "Successfully pulled image \"" + name + "\" in " + took + " (" + took
                + " including waiting). Image size: " + image.sizeBytes() + " bytes.";
    }

    private void begin(Obj pod, String name, String id, @org.jspecify.annotations.Nullable Pull before, Runnable wake) {
        pulls.put(id, BEGUN);
        Thread.ofVirtual().name("pull-" + name).start(() -> {
            Instant since = clock.instant();
            String error = "";
            try {
                slots.acquire();
                try {
                    fetch(pod, name);
                } finally {
                    slots.release();
                }
            } catch (RuntimeException e) {
                error = "failed to pull and unpack image \"" + name + "\": " + e.getMessage();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                error = "interrupted";
            }
            Instant now = clock.instant();
            Duration pause = before == null || before.pause.isZero() ? Backoff.FIRST : before.pause.multipliedBy(2);
            pause = pause.compareTo(Backoff.LONGEST) > 0 ? Backoff.LONGEST : pause;
            // of a pod that is gone by now nothing is kept
            pulls.replace(id, BEGUN,
                    new Pull(true, error, Duration.between(since, now), now.plus(pause), pause, false));
            wake.run();
        });
    }

    /// Tries every credential; one that cannot be read is told only when none of the others opens the registry.
    private void fetch(Obj pod, String name) {
        List<String> unread = new ArrayList<>();
        RuntimeFault last = null;
        for (Struct auth : credentials(pod, registry(name), unread)) {
            try {
                runtime.images().pull(name, auth);
                return;
            } catch (RuntimeFault e) {
                last = e;
            }
        }
        if (last != null) {
            unread.addFirst(String.valueOf(last.getMessage()));
            throw new RuntimeFault(last.kind(), String.join("; ", unread));
        }
    }

    /// What may open a registry: the pod's pull secrets that name it, then nothing at all.
    /// @param unread gets what cannot be read
    private List<Struct> credentials(Obj pod, String registry, List<String> unread) {
        List<Struct> all = new ArrayList<>();
        for (Struct ref : pod.spec().seq("imagePullSecrets").structs()) {
            String about = "image pull secret \"" + ref.text("name") + "\" ";
            try {
                Obj secret = references.need(References.SECRETS, pod.namespace(), ref.text("name"), false)
                        .orElseThrow();
                Struct auths = auths(secret.tree().struct("data"));
                for (String url : auths.names()) {
                    if (host(url).equals(registry)) {
                        auth(auths.struct(url)).ifPresentOrElse(all::add, () -> unread.add(about + "has for " + url
                                + " an auth that is not the base64 of USER:PASSWORD; make it by kubectl create secret"
                                + " docker-registry"));
                    }
                }
            } catch (ConfigProblem e) {
                unread.add(about + "cannot be read: " + e.getMessage());
            } catch (MalformedInput | IllegalArgumentException e) {
                // what is wrong in it may be part of a password
                unread.add(about + "has no .dockerconfigjson that is valid JSON");
            }
        }
        all.add(Struct.EMPTY);
        return all;
    }

    private static Struct auths(Struct data) {
        String json = data.text(".dockerconfigjson");
        return json.isEmpty() ? Struct.EMPTY : Json.object(Base64.getDecoder().decode(json)).struct("auths");
    }

    /// A credential, empty when it cannot be read. Lines may be wrapped, as upstream's reader takes them.
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

    /// Forgets how the fetches for a pod went.
    void forget(String uid) {
        pulls.keySet().removeIf(id -> id.startsWith(uid + "/"));
    }

    private static String host(String url) {
        String rest = url.contains("://") ? url.substring(url.indexOf("://") + 3) : url;
        String host = rest.contains("/") ? rest.substring(0, rest.indexOf('/')) : rest;
        return host.equals("index.docker.io") ? "docker.io" : host;
    }

    private static String registry(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        return first.contains(".") || first.contains(":") || first.equals("localhost") ? first : "docker.io";
    }

    /// The policy when none is given: `Always` for the tag `latest`.
    static String policy(String image) {
        String name = image.substring(image.lastIndexOf('/') + 1);
        boolean latest = !image.contains("@") && (!name.contains(":") || name.endsWith(":latest"));
        return latest ? "Always" : "IfNotPresent";
    }
}
