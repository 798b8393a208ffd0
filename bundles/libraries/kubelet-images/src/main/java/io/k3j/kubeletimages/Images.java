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
import java.util.concurrent.atomic.AtomicReference;
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
    private static final Pull BEGUN = new Pull(false, "", Duration.ZERO, Duration.ZERO, Instant.EPOCH, Duration.ZERO,
            false);
    /// Upstream's words for a pull that is not begun yet.
    private static final String THROTTLED = "pull QPS exceeded";
    private final ContainerRuntime runtime;
    private final PullSecrets secrets;
    private final CredentialProviders providers;
    private final InstantSource clock;
    private final Semaphore slots;
    private final RateLimit rate;
    private final Optional<PulledImages> access;
    private final Map<String, Pull> pulls = new ConcurrentHashMap<>();
    /// The image that a pod has had, by the key of its pull: what it has seen it may see again, also while its Secrets
    /// cannot be read.
    private final Map<String, String> had = new ConcurrentHashMap<>();

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

    /// How a pull went.
    ///
    /// @param pulling how long it took
    /// @param took the same with what it waited for others
    private record Pull(boolean done, String error, Duration pulling, Duration took, Instant again, Duration pause,
            boolean told) {
        /// Whether it has a token that is not used yet.
        boolean throttled() {
            return error.equals(THROTTLED);
        }
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
    /// it. Does not wait for a pull; blocks for the runtime, and for the API where only pods with a certain credential
    /// may have the image.
    /// @param wake called when a pull has ended
    public Outcome ensure(Obj pod, Struct container, Runnable wake) {
        String name = container.text("image");
        String wrong = ImageReference.problem(name);
        if (!wrong.isEmpty()) {
            return new Outcome.Missing("InvalidImageName", "Failed to apply default image tag \"" + name
                    + "\": couldn't parse image name \"" + name + "\": " + wrong, clock.instant().plus(FIRST_PAUSE));
        }
        String policy = container.text("imagePullPolicy", policy(name));
        String id = pod.uid() + "/" + name;
        Pull pull = pulls.get(id);
        if (pull != null && !pull.done) {
            return new Outcome.Fetching(false);
        }
        boolean fetched = pull != null && pull.error.isEmpty();
        if (fetched || !policy.equals("Always")) {
            Optional<Image> found = runtime.images().find(name);
            if (found.isPresent() && (fetched || granted(pod, id, name, found.get()))) {
                drop(id);
                had.put(id, found.get().id());
                return new Outcome.Here(found.get(), name, pull != null && fetched ? pulled(name, pull, found.get())
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
        Duration wait = pull != null && pull.throttled() ? Duration.ZERO : rate.take();
        if (!wait.isZero()) {
            return throttled(id, pull, clock.instant().plus(wait));
        }
        begin(pod, name, id, pull, wake);
        return new Outcome.Fetching(true);
    }

    private boolean granted(Obj pod, String id, String name, Image image) {
        return access.isEmpty() || image.id().equals(had.get(id)) || access.get().granted(name, image,
                () -> secrets.of(pod, ImageName.parse(name), new ArrayList<>()));
    }

    /// Keeps the token until it is due; the back-off of a pull that has failed before is not lengthened by it.
    private Outcome throttled(String id, @Nullable Pull before, Instant due) {
        pulls.put(id, new Pull(true, THROTTLED, Duration.ZERO, Duration.ZERO, due,
                before == null ? Duration.ZERO : before.pause, true));
        return new Outcome.Missing("ErrImagePull", THROTTLED, due);
    }

    private void drop(String id) {
        Pull dropped = pulls.remove(id);
        if (dropped != null && dropped.throttled()) {
            rate.giveBack();
        }
    }

    private Outcome waiting(String id, String name, Pull pull) {
        if (!pull.told) {
            pulls.put(id, new Pull(true, pull.error, pull.pulling, pull.took, pull.again, pull.pause, true));
            return new Outcome.Missing("ErrImagePull", pull.error, clock.instant().plusMillis(500));
        }
        return new Outcome.Missing("ImagePullBackOff", "Back-off pulling image \"" + name + "\": ErrImagePull: "
                + pull.error, pull.again);
    }

    private static String pulled(String name, Pull pull, Image image) {
        return "Successfully pulled image \"" + name + "\" in " + PullTime.text(pull.pulling) + " ("
                + PullTime.text(pull.took) + " including waiting). Image size: " + image.sizeBytes() + " bytes.";
    }

    private void begin(Obj pod, String name, String id, @Nullable Pull before, Runnable wake) {
        pulls.put(id, BEGUN);
        Thread.ofVirtual().name("pull-" + name).start(() -> {
            Instant since = clock.instant();
            AtomicReference<Instant> pulling = new AtomicReference<>(since);
            String error = "the pull of image \"" + name + "\" ended unexpectedly; the log has the details";
            try {
                error = attempt(pod, name, () -> pulling.set(clock.instant()));
            } finally {
                Instant now = clock.instant();
                Duration pause = before == null || before.pause.isZero() ? FIRST_PAUSE : before.pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
                // `replace`, not `put`: the pod may have been forgotten meanwhile
                pulls.replace(id, BEGUN,
                        new Pull(true, error, Duration.between(pulling.get(), now), Duration.between(since, now),
                                now.plus(pause), pause, false));
                wake.run();
            }
        });
    }

    /// Empty when the image has come, else why not.
    /// @param begun called once it is its turn
    private String attempt(Obj pod, String name, Runnable begun) {
        try {
            // before there is a slot: a program that hangs holds up its own images only
            List<String> unread = new ArrayList<>();
            List<PullCredential> credentials = credentials(pod, ImageName.parse(name), unread);
            slots.acquire();
            begun.run();
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
        Optional<Came> came = Optional.empty();
        try {
            came = Optional.of(tried(name, credentials, unread));
        } finally {
            if (came.isEmpty()) {
                access.ifPresent(a -> a.failed(name));
            }
        }
        // not within the try: an image that has come and cannot be noted stays noted as begun
        note(name, came.get());
    }

    private record Came(String ref, PullCredential by) {
    }

    private Came tried(String name, List<PullCredential> credentials, List<String> unread) {
        RuntimeFault first = null;
        for (PullCredential credential : credentials) {
            try {
                return new Came(runtime.images().pull(name, credential.auth()), credential);
            } catch (RuntimeFault e) {
                first = first == null ? e : first;
            }
        }
        if (first == null) {
            throw new IllegalStateException("nobody was tried: the last one is nobody's credential");
        }
        unread.addFirst(String.valueOf(first.getMessage()));
        throw new RuntimeFault(first.kind(), String.join("; ", unread));
    }

    /// By its id, by which the image is found later, whatever the runtime calls it now.
    private void note(String name, Came came) {
        if (access.isPresent()) {
            access.get().done(name, runtime.images().find(name).map(Image::id).orElse(came.ref()), came.by());
        }
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

    /// Drops the pull results of a pod, and what it has had.
    public void forget(String uid) {
        String own = uid + "/";
        pulls.keySet().stream().filter(id -> id.startsWith(own)).toList().forEach(this::drop);
        had.keySet().removeIf(id -> id.startsWith(own));
    }

    /// The default policy: `Always` for the tag `latest`.
    public static String policy(String image) {
        String name = image.substring(image.lastIndexOf('/') + 1);
        boolean latest = !image.contains("@") && (!name.contains(":") || name.endsWith(":latest"));
        return latest ? "Always" : "IfNotPresent";
    }
}
