package io.k3j.cricontainerd;

import io.k3j.imageregistries.ImageName;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.ImageStore;
import io.k3j.nodeapi.RuntimeFault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// The image service of CRI.
final class CriImages implements ImageStore {
    private static final Duration PULL_LIMIT = Duration.ofMinutes(30);
    private final Cri cri;
    private final PinnedImages pins;
    private final Optional<ImageSources> sources;

    /// @param sources of the supervised containerd; another runtime or image service has its own
    CriImages(Cri cri, PinnedImages pins, Optional<ImageSources> sources) {
        this.cri = cri;
        this.pins = pins;
        this.sources = sources;
    }

    @Override
    public Optional<Image> find(String name) {
        Struct image = cri.images("ImageStatus", Struct.of("image", Struct.of("image", name))).struct("image");
        return image.isEmpty() ? Optional.empty() : Optional.of(image(image));
    }

    @Override
    public List<Image> list() {
        return cri.images("ListImages", Struct.EMPTY).seq("images").structs().stream().map(this::image).toList();
    }

    @Override
    public String pull(String name, Struct auth) {
        Struct request = Struct.builder().put("image", Struct.of("image", name)).putUnlessEmpty("auth", auth).build();
        ImageName image = ImageName.parse(name);
        sources.ifPresent(s -> s.begin(image));
        try {
            return cri.images("PullImage", request, PULL_LIMIT).text("imageRef");
        } catch (RuntimeFault e) {
            String message = String.valueOf(e.getMessage());
            throw new RuntimeFault(e.kind(), sources.map(s -> s.explained(image, message)).orElse(message));
        }
    }

    @Override
    public void remove(String name) {
        cri.images("RemoveImage", Struct.of("image", Struct.of("image", name)));
    }

    @Override
    public Disk disk() {
        return cri.images("ImageFsInfo", Struct.EMPTY).seq("imageFilesystems").structs().stream().findFirst()
                .map(f -> new Disk(f.struct("fsId").text("mountpoint"), f.struct("usedBytes").whole("value", 0),
                        f.struct("inodesUsed").whole("value", 0)))
                .orElse(new Disk("/", 0));
    }

    private Image image(Struct s) {
        List<String> tags = s.seq("repoTags").texts();
        List<String> digests = s.seq("repoDigests").texts();
        Struct uid = s.struct("uid");
        boolean hasUid = s.has("uid");
        return new Image(s.text("id"), tags, digests, s.whole("size", 0),
                hasUid ? OptionalLong.of(uid.whole("value", 0)) : OptionalLong.empty(), s.text("username"),
                s.flag("pinned") || Stream.concat(tags.stream(), digests.stream()).anyMatch(pins::has));
    }
}
