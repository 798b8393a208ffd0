package io.k3j.kubeletimages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Image;
import io.k3j.testkit.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PulledImagesTest {
    private static final String IMAGE = "registry.example/web:1";
    private static final String REF = "sha256:1";
    private static final PullCredential MINE = secret("right", "u1", "mine");
    private static final PullCredential NOBODY = PullCredential.ofNode(Struct.EMPTY);
    @TempDir
    private Path root;

    private static PullCredential secret(String password, String uid, String name) {
        return PullCredential.ofSecret(Struct.of("username", "u", "password", password), uid, "default", name);
    }

    private PulledImages begin() throws IOException {
        return begin("");
    }

    private PulledImages begin(String policy) throws IOException {
        return new PulledImages(root, ImageVerification.of(policy, List.of()), new ManualClock());
    }

    private static boolean granted(PulledImages images, PullCredential... credentials) {
        return images.granted(IMAGE, image(false), () -> List.of(credentials));
    }

    private static Image image(boolean pinned) {
        return new Image(REF, List.of(IMAGE, "docker.io/library/web:1"), List.of(), 1, OptionalLong.empty(), "",
                pinned);
    }

    private static void pull(PulledImages images, PullCredential by) {
        pull(images, IMAGE, by);
    }

    private static void pull(PulledImages images, String name, PullCredential by) {
        images.begin(name);
        images.done(name, REF, by);
    }

    private List<Path> files(String directory) throws IOException {
        try (Stream<Path> all = Files.list(root.resolve("image_manager").resolve(directory))) {
            return all.toList();
        }
    }

    @Test
    void aPrivateImageIsForWhoCouldPullIt() throws IOException {
        PulledImages images = begin();
        assertThat(granted(images, NOBODY)).as("nobody has pulled it here").isTrue();
        pull(images, MINE);
        assertThat(granted(images, MINE)).isTrue();
        assertThat(granted(images, NOBODY)).isFalse();
        assertThat(granted(images)).isFalse();
        assertThat(granted(images, secret("wrong", "u2", "other"))).isFalse();
        assertThat(granted(images, secret("right", "u3", "copy"))).as("the same credential").isTrue();
        assertThat(granted(images, secret("new", "u1", "mine"))).as("the same Secret").isTrue();
        assertThat(granted(images, secret("new", "u4", "mine"))).as("which has been noted").isTrue();
        assertThat(images.granted("registry.example/other:1", image(false), () -> List.of(MINE)))
                .as("the same image by another name").isFalse();
    }

    @Test
    void whatTheNodeOrNobodyCouldPullIsForEverybody() throws IOException {
        PulledImages images = begin();
        pull(images, MINE);
        pull(images, NOBODY);
        assertThat(granted(images)).isTrue();
        pull(images, MINE);
        assertThat(granted(images)).isTrue();
    }

    @Test
    void whatAnAdministratorHasImportedIsForEverybodyThoughItWasPulledFromElsewhereToo() throws IOException {
        PulledImages images = begin();
        pull(images, MINE);
        assertThat(images.granted("web:1", image(false), List::of)).as("imported by hand").isTrue();
        assertThat(images.granted(IMAGE, image(true), List::of)).as("imported with the node").isTrue();
        for (String other : List.of(REF, "web@sha256:2", "web:2", IMAGE)) {
            assertThat(images.granted(other, image(false), List::of)).as(other).isFalse();
        }
        assertThat(begin("AlwaysVerify").granted("web:1", image(true), List::of)).isFalse();
        pull(images, "web:1", MINE);
        assertThat(images.granted("web:1", image(false), List::of)).as("pulled by that name").isFalse();
    }

    @Test
    void whatUpstreamsKubeletFoundAfterACrashIsNobodys() throws IOException {
        PulledImages images = begin();
        Files.write(root.resolve("image_manager/pulled/sha256-" + PullCredential.hash(REF)),
                Json.bytes(Struct.of("kind", "ImagePulledRecord", "apiVersion", "kubelet.config.k8s.io/v1beta1",
                        "imageRef", REF, "credentialMapping", Struct.EMPTY)));
        assertThat(images.granted("web:1", image(false), () -> List.of(MINE))).isFalse();
    }

    @Test
    void theNextKubeletKnowsIt() throws IOException {
        pull(begin(), MINE);
        assertThat(granted(begin(), MINE)).isTrue();
        assertThat(granted(begin(), NOBODY)).isFalse();
        assertThat(granted(begin("NeverVerify"), NOBODY)).isTrue();
    }

    @Test
    void aPullThatWasCutOffIsNobodysPreloadedImage() throws IOException {
        begin().begin(IMAGE);
        assertThat(granted(begin(), MINE)).isFalse();
        PulledImages after = begin();
        assertThat(after.granted(IMAGE, image(true), List::of)).as("what an administrator has imported").isTrue();
        pull(after, MINE);
        assertThat(granted(after, MINE)).isTrue();
        assertThat(files("pulling")).isEmpty();
    }

    @Test
    void aPullThatWasCutOffIsKnownByWhateverNameOfTheImage() throws IOException {
        begin().begin("docker.io/library/web:1");
        assertThat(begin().granted("web:1", image(false), () -> List.of(MINE))).isFalse();
    }

    /// As where somebody has imported it meanwhile, and there is no registry.
    @Test
    void aPullThatWasCutOffAndFailsThenIsForgotten() throws IOException {
        begin().begin(IMAGE);
        PulledImages after = begin();
        after.begin(IMAGE);
        after.failed(IMAGE);
        assertThat(granted(after, NOBODY)).isTrue();
    }

    @Test
    void aPullThatFailsLeavesNothing() throws IOException {
        PulledImages images = begin();
        images.begin(IMAGE);
        images.begin(IMAGE);
        images.failed(IMAGE);
        assertThat(files("pulling")).hasSize(1);
        images.failed(IMAGE);
        assertThat(files("pulling")).isEmpty();
        assertThat(granted(images)).isTrue();
    }

    @Test
    void filesAreUpstreams() throws IOException {
        PulledImages images = begin();
        images.begin(IMAGE);
        assertThat(Files.readString(root.resolve("image_manager/pulling/sha256-" + PullCredential.hash(IMAGE))))
                .isEqualTo("{\"kind\":\"ImagePullIntent\",\"apiVersion\":\"kubelet.config.k8s.io/v1beta1\","
                        + "\"image\":\"" + IMAGE + "\"}");
        images.done(IMAGE, REF, MINE);
        Struct record = Json.object(Files.readAllBytes(
                root.resolve("image_manager/pulled/sha256-" + PullCredential.hash(REF))));
        assertThat(record.text("kind")).isEqualTo("ImagePulledRecord");
        assertThat(record.text("imageRef")).isEqualTo(REF);
        assertThat(record.struct("credentialMapping").struct("registry.example/web").seq("kubernetesSecrets").structs())
                .containsExactly(MINE.secret());
        assertThat(Json.text(record)).doesNotContain("right");
    }

    @Test
    void whatCannotBeReadIsNoPermission() throws IOException {
        PulledImages images = begin();
        pull(images, NOBODY);
        Files.writeString(files("pulled").getFirst(), "{");
        assertThat(granted(images, MINE)).isFalse();
        assertThat(granted(begin("NeverVerify"), NOBODY)).as("where nobody is asked").isTrue();
        pull(images, MINE);
        assertThat(granted(images, MINE)).isTrue();
    }

    @Test
    void whatCannotBeNotedIsNotPulled() throws IOException {
        PulledImages images = begin();
        Files.delete(root.resolve("image_manager/pulling"));
        assertThatThrownBy(() -> images.begin(IMAGE)).isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith("failed to record image pull intent: ");
    }

    @Test
    void imagesThatAreGoneAreForgotten() throws IOException {
        PulledImages images = begin();
        pull(images, MINE);
        images.prune(() -> Set.of(REF));
        assertThat(granted(images, NOBODY)).isFalse();
        images.prune(Set::of);
        assertThat(granted(images, NOBODY)).as("a runtime that knows nothing yet").isFalse();
        images.prune(() -> Set.of("sha256:2"));
        assertThat(files("pulled")).isEmpty();
    }
}
