package io.k3j.embeddedregistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.protobufwire.MalformedMessage;
import io.k3j.protobufwire.WireOut;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerdImagesTest {
    @TempDir
    Path dir;

    /// As containerd writes it: name, labels, target (with size and annotations), times.
    private static byte[] list() {
        WireOut out = new WireOut(64);
        for (String name : new String[] {"docker.io/library/b:1", "docker.io/library/a:1"}) {
            int image = out.mark();
            int time = out.mark();
            out.number(1, 5);
            out.message(7, time);
            int target = out.mark();
            out.number(3, 1_234);
            out.text(2, "sha256:" + name.hashCode());
            out.text(1, "application/vnd.oci.image.index.v1+json");
            out.message(3, target);
            int label = out.mark();
            out.text(2, "v");
            out.text(1, "k");
            out.message(2, label);
            out.text(1, name);
            out.message(1, image);
        }
        return out.bytes();
    }

    @Test
    void namesAndTargetsAreRead() {
        assertThat(ContainerdImages.images(list())).extracting(ContainerdImages.Stored::name)
                .containsExactly("docker.io/library/a:1", "docker.io/library/b:1");
        Descriptor target = ContainerdImages.images(list()).getFirst().target();
        assertThat(target.digest()).isEqualTo("sha256:" + "docker.io/library/a:1".hashCode());
        assertThat(target.index()).isTrue();
        assertThat(ContainerdImages.images(new byte[0])).isEmpty();
    }

    @Test
    void aDamagedAnswerIsTold() {
        byte[] cut = Arrays.copyOf(list(), list().length - 3);
        assertThatThrownBy(() -> ContainerdImages.images(cut)).isInstanceOf(MalformedMessage.class);
    }

    @Test
    void withoutContainerdThereIsAnError() {
        assertThatThrownBy(() -> new ContainerdImages(dir.resolve("none.sock")).list()).isInstanceOf(IOException.class);
    }
}
