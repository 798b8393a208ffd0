package io.k3j.kubeletimages;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.durablefiles.DurableFiles;
import io.k3j.imageregistries.ImageName;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Image;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Who has shown that they may pull the images of this node, so that a pod does not get another one's private image by
/// naming it. As upstream's `PullManager`, in its files: `image_manager/pulling` of what is being pulled,
/// `image_manager/pulled` of what was, and with what. Any thread; blocks for the disk.
///
/// **Fails closed.** A pull that cannot be noted does not begin; what cannot be read is no permission: the image is
/// pulled again, with the pod's own credentials.
public final class PulledImages {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletimages");
    private static final String API = "kubelet.config.k8s.io/v1beta1";
    private static final String MAPPING = "credentialMapping";
    private static final String SECRETS = "kubernetesSecrets";
    private static final String EVERYBODY = "nodePodsAccessible";
    private static final String MODE = "rw-------";
    /// Secrets of one image, as upstream: namespaces come and go.
    private static final int MOST_SECRETS = 100;
    private static final long MOST_BYTES = 1 << 20;
    private final Path pulling;
    private final Path pulled;
    private final ImageVerification policy;
    private final InstantSource clock;
    /// How many pulls there are, by the full name: `busybox` is no other image than `docker.io/library/busybox:latest`.
    private final Map<String, Integer> begun = new HashMap<>();

    /// @param root the kubelet's directory, `/var/lib/kubelet`
    /// @param clock the time of day
    /// @throws IOException when the directories cannot be made
    public PulledImages(Path root, ImageVerification policy, InstantSource clock) throws IOException {
        this.policy = policy;
        this.clock = clock;
        pulling = root.resolve("image_manager/pulling");
        pulled = root.resolve("image_manager/pulled");
        for (Path directory : List.of(pulling, pulled)) {
            Files.createDirectories(directory,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    /// Whether a pod may have an image that is here.
    ///
    /// @param name as the pod has it
    /// @param found what the runtime has by that name
    /// @param credentials those of the pod for the image; asked for where they count, and may block
    boolean granted(String name, Image found, Supplier<List<PullCredential>> credentials) {
        ImageName image = ImageName.parse(name);
        if (!policy.required(image, true)) {
            return true;
        }
        String ref = found.id();
        Optional<Struct> record;
        try {
            record = read(ref);
            if (!policy.required(image, pulled(image, found, record) || !found.pinned() && intended(name))) {
                return true;
            }
        } catch (IOException | MalformedInput e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot read who may have an image image={0} error={1}", name,
                    e.getMessage());
            return false;
        }
        Struct known = record.orElse(Struct.EMPTY).struct(MAPPING).struct(image.place());
        if (known.flag(EVERYBODY)) {
            return true;
        }
        List<Struct> secrets = known.seq(SECRETS).structs();
        return !secrets.isEmpty() && credentials.get().stream().map(PullCredential::secret)
                .filter(secret -> !secret.isEmpty()).anyMatch(secret -> shown(name, ref, secret, secrets));
    }

    /// Whether a kubelet has pulled an image from where it is named, or may have. What an administrator has imported is
    /// everybody's, be it that it was pulled from elsewhere, too: images are the same by their content. So is what has
    /// a tag that is noted from no pull; an id or a digest may be anybody's.
    private static boolean pulled(ImageName image, Image found, Optional<Struct> record) {
        Struct places = record.orElse(Struct.EMPTY).struct(MAPPING);
        boolean imported = !places.isEmpty() && !places.has(image.place()) && found.tags().contains(image.toString());
        return record.isPresent() && !imported && !found.pinned();
    }

    /// The same credential in whatever Secret, or the same Secret with another credential; it is noted, too.
    private boolean shown(String name, String ref, Struct secret, List<Struct> known) {
        if (known.contains(secret)) {
            return true;
        }
        boolean credential = known.stream().anyMatch(k -> same(k, secret, "credentialHash"));
        boolean itself = known.stream().anyMatch(
                k -> same(k, secret, "uid") && same(k, secret, "namespace") && same(k, secret, "name"));
        boolean room = known.size() < MOST_SECRETS;
        if ((credential || itself) && room) {
            note(name, ref, secret);
        }
        return credential || itself && room;
    }

    private static boolean same(Struct one, Struct other, String field) {
        return !one.text(field).isEmpty() && one.text(field).equals(other.text(field));
    }

    /// What was cut off counts until a pull of it has failed, be it that nothing had come: an image that somebody has
    /// imported where there is no registry is not kept from pods for good.
    private synchronized boolean intended(String name) {
        String full = full(name);
        return begun.containsKey(full) || Files.exists(file(pulling, full)) || Files.exists(file(pulling, name));
    }

    /// Notes that a pull begins. Each is followed by one of [#done] and [#failed], or by the end of the process.
    /// @throws UncheckedIOException when it cannot be noted: then it must not begin
    synchronized void begin(String name) {
        String full = full(name);
        try {
            DurableFiles.write(file(pulling, full),
                    Json.bytes(Struct.of("kind", "ImagePullIntent", "apiVersion", API, "image", full)), MODE);
            begun.merge(full, 1, Integer::sum);
        } catch (IOException e) {
            throw new UncheckedIOException("failed to record image pull intent: " + e.getMessage(), e);
        }
    }

    /// Notes with what an image came. Where that fails, the note that it was begun stays.
    /// @param ref the runtime's id of the image
    void done(String name, String ref, PullCredential by) {
        if (note(name, ref, by.secret())) {
            failed(name);
        }
    }

    /// Takes back what [#begin] has noted.
    synchronized void failed(String name) {
        String full = full(name);
        int left = begun.getOrDefault(full, 0) - 1;
        if (left > 0) {
            begun.put(full, left);
            return;
        }
        begun.remove(full);
        delete(file(pulling, full));
        // upstream's, which has it as the pod does
        delete(file(pulling, name));
    }

    private static String full(String name) {
        return ImageName.parse(name).toString();
    }

    /// @param secret empty for everybody on this node
    private synchronized boolean note(String name, String ref, Struct secret) {
        try {
            String place = ImageName.parse(name).place();
            Struct before = readable(ref).struct(MAPPING);
            Struct known = before.struct(place);
            Struct now = secret.isEmpty() ? known.without(SECRETS).with(EVERYBODY, true)
                    : known.flag(EVERYBODY) ? known : known.with(SECRETS, merged(known.seq(SECRETS), secret));
            DurableFiles.write(file(pulled, ref), Json.bytes(Struct.of("kind", "ImagePulledRecord", "apiVersion", API,
                    "lastUpdatedTime", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(), "imageRef", ref,
                    MAPPING, before.with(place, now))), MODE);
            return true;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot note who may have an image image={0} error={1}", name,
                    e.getMessage());
            return false;
        }
    }

    /// A Secret counts once, with its last credential.
    private static Seq merged(Seq known, Struct secret) {
        return Seq.copyOf(Stream.concat(known.structs().stream().filter(k -> !(same(k, secret, "uid")
                && same(k, secret, "namespace") && same(k, secret, "name"))), Stream.of(secret)).toList());
    }

    private Struct readable(String ref) throws IOException {
        try {
            return read(ref).orElse(Struct.EMPTY);
        } catch (MalformedInput e) {
            return Struct.EMPTY;
        }
    }

    private Optional<Struct> read(String ref) throws IOException {
        Path file = file(pulled, ref);
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new MalformedInput(file + " has more than " + MOST_BYTES + " bytes");
            }
            Struct record = Json.object(Files.readAllBytes(file));
            return record.text("imageRef").equals(ref) ? Optional.of(record) : Optional.empty();
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    /// Forgets images that are not here any more. Nothing is noted meanwhile, so that what comes back is not forgotten.
    /// @param refs asks the runtime for the ids of its images
    synchronized void prune(Supplier<Set<String>> refs) throws IOException {
        List<Path> records;
        try (Stream<Path> all = Files.list(pulled)) {
            records = all.filter(file -> String.valueOf(file.getFileName()).startsWith("sha256-")).toList();
        }
        Set<String> here = refs.get();
        if (here.isEmpty()) {
            // a runtime that has just begun: what it will find again must not be anybody's
            return;
        }
        Set<Path> kept = here.stream().map(ref -> file(pulled, ref))
                .collect(Collectors.toSet());
        records.stream().filter(file -> !kept.contains(file)).forEach(PulledImages::delete);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot delete path={0} error={1}", file, e.getMessage());
        }
    }

    private static Path file(Path directory, String of) {
        return directory.resolve("sha256-" + PullCredential.hash(of));
    }
}
