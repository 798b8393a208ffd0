package io.k3j.kubeletimages;

import io.k3j.imageregistries.ImageName;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds or pulls the images of containers. One pull per pod and name at a time, some in parallel. For any thread.
/// See
/// <https://kubernetes.io/docs/concepts/containers/images/>.
public final class Images {
    /// So many pulls at once leave enough of the disk and the network for what runs.
    public static final int PARALLEL = 5;
    /// The pause after a failed pull, doubled after each further one; as upstream's.
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final Pull BEGUN = new Pull(false, "", Duration.ZERO, Instant.EPOCH, Duration.ZERO, false);
    private final ContainerRuntime runtime;
    private final PullSecrets secrets;
    private final CredentialProviders providers;
    private final InstantSource clock;
    private final Semaphore slots;
    private final RateLimit rate;
    private final Optional<PulledImages> access;
    private final Map<String, Pull> pulls = new ConcurrentHashMap<>();

    /// The state of an image.
    public sealed interface Outcome {
        /// The image is present; `message` is for an event and may be empty.
        record Here(Image image, String name, String message) implements Outcome {
        }

        /// The image is being pulled; the worker is woken at the end. `begun` when this call started the pull.
        record Fetching(boolean begun) implements Outcome {
        }

        /// The image is not available now; `again` is the time of the next try.
        record Missing(String reason, String message, Instant again) implements Outcome {
        }
    }

    private record Pull(boolean done, String error, Duration took, Instant again, Duration pause, boolean told) {
    }

    /// @param references where pull secrets are read
    /// @param providers programs of the node that give credentials
    /// @param clock the monotonic clock
    /// @param parallel how many pulls there are at once
    public Images(ContainerRuntime runtime, ReferencedObjects references, CredentialProviders providers,
            InstantSource clock, int parallel) {
        this(runtime, references, providers, clock, parallel, RateLimit.NONE, Optional.empty());
    }

    /// @param rate how often a pull begins
    /// @param access who may have what is here; empty for everybody
    @SuppressWarnings("checkstyle:ParameterNumber") // the other one's, how often, and for whom
    public Images(ContainerRuntime runtime, ReferencedObjects references, CredentialProviders providers,
            InstantSource clock, int parallel, RateLimit rate, Optional<PulledImages> access) {
        this.rate = rate;
        this.access = access;
        slots = new Semaphore(parallel, true);
        this.runtime = runtime;
        this.secrets = new PullSecrets(references);
        this.providers = providers;
        this.clock = clock;
    }

    /// Finds the image of a container that is about to start or restart; starts a pull when the pull policy requires
    /// it. Does not block.
    /// @param wake called when a pull has ended
    public Outcome ensure(Obj pod, Struct container, Runnable wake) {
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
            if (found.isPresent() && (fetched || granted(pod, name, found.get()))) {
                pulls.remove(id);
                return new Outcome.Here(found.get(), name, pull != null ? pulled(name, pull, found.get())
                        : "Container image \"" + name
                                + "\" already present on machine and can be accessed by the pod");
            }
        }
        if (policy.equals("Never")) {
            return new Outcome.Missing("ErrImageNeverPull", "Container image \"" + name
                    + "\" is not present with pull policy of Never", clock.instant().plus(FIRST_PAUSE));
        }
        if (pull != null && !pull.error.isEmpty() && clock.instant().isBefore(pull.again)) {
            return waiting(id, name, pull);
        }
        Duration wait = rate.take();
        if (!wait.isZero()) {
            return new Outcome.Missing("ErrImagePull", "pull QPS exceeded", clock.instant().plus(wait));
        }
        begin(pod, name, id, pull, wake);
        return new Outcome.Fetching(true);
    }

    /// Blocks for the API where only pods with a certain credential may have an image.
    private boolean granted(Obj pod, String name, Image image) {
        return access.isEmpty() || access.get().granted(name, image.id(),
                () -> secrets.of(pod, ImageName.parse(name), new ArrayList<>()));
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

    private void begin(Obj pod, String name, String id, @Nullable Pull before, Runnable wake) {
        pulls.put(id, BEGUN);
        Thread.ofVirtual().name("pull-" + name).start(() -> {
            Instant since = clock.instant();
            String error = "the pull of image \"" + name + "\" ended unexpectedly; the log has the details";
            try {
                error = attempt(pod, name);
            } finally {
                Instant now = clock.instant();
                Duration pause = before == null || before.pause.isZero() ? FIRST_PAUSE : before.pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
                // `replace`, not `put`: the pod may have been forgotten meanwhile
                pulls.replace(id, BEGUN,
                        new Pull(true, error, Duration.between(since, now), now.plus(pause), pause, false));
                wake.run();
            }
        });
    }

    /// Empty when the image has come, else why not.
    private String attempt(Obj pod, String name) {
        try {
            // before there is a slot: a program that hangs holds up its own images only
            List<String> unread = new ArrayList<>();
            List<PullCredential> credentials = credentials(pod, ImageName.parse(name), unread);
            slots.acquire();
            try {
                fetch(name, credentials, unread);
                return "";
            } finally {
                slots.release();
            }
        } catch (RuntimeException e) {
            return "failed to pull and unpack image \"" + name + "\": " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /// Tries every credential; when none is taken, what was said to the first is reported, and the unreadable ones.
    private void fetch(String name, List<PullCredential> credentials, List<String> unread) {
        access.ifPresent(a -> a.begin(name));
        boolean came = false;
        try {
            came = tried(name, credentials, unread);
        } finally {
            if (!came) {
                access.ifPresent(a -> a.failed(name));
            }
        }
    }

    /// @return true; what did not come is thrown
    private boolean tried(String name, List<PullCredential> credentials, List<String> unread) {
        RuntimeFault first = null;
        for (PullCredential credential : credentials) {
            try {
                String ref = runtime.images().pull(name, credential.auth());
                access.ifPresent(a -> a.done(name, ref(name, ref), credential));
                return true;
            } catch (RuntimeFault e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            unread.addFirst(String.valueOf(first.getMessage()));
            throw new RuntimeFault(first.kind(), String.join("; ", unread));
        }
        return false;
    }

    /// By which the image is found later: its id, whatever the runtime calls it now.
    private String ref(String name, String ref) {
        return runtime.images().find(name).map(Image::id).orElse(ref);
    }

    /// Forgets who could have what is not here any more. Blocks for the runtime.
    public void prune() throws IOException {
        if (access.isPresent()) {
            access.get().prune(
                    () -> runtime.images().list().stream().map(Image::id).collect(Collectors.toUnmodifiableSet()));
        }
    }

    /// The credentials for an image: the pod's pull secrets, what programs of the node give, then anonymous access.
    private List<PullCredential> credentials(Obj pod, ImageName image, List<String> unread) {
        List<PullCredential> all = new ArrayList<>(secrets.of(pod, image, unread));
        providers.of(image, unread).forEach(auth -> all.add(PullCredential.ofNode(auth)));
        all.add(PullCredential.ofNode(Struct.EMPTY));
        return all;
    }

    /// Drops the pull results of a pod.
    public void forget(String uid) {
        pulls.keySet().removeIf(id -> id.startsWith(uid + "/"));
    }

    /// The default policy: `Always` for the tag `latest`.
    public static String policy(String image) {
        String name = image.substring(image.lastIndexOf('/') + 1);
        boolean latest = !image.contains("@") && (!name.contains(":") || name.endsWith(":latest"));
        return latest ? "Always" : "IfNotPresent";
    }
}
