package io.k3j.imageregistries;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Whatever stands in a pod is a name in full, which is the same name when it is read again.
public class ImageNameFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            ImageName name = ImageName.parse(Fuzzing.text(input));
            // `a:b:@sha256:…` has an empty tag behind what reads as another one
            boolean tagless = name.tag().isEmpty() && name.repository().indexOf(':') >= 0;
            if (!tagless && (!name.tag().isEmpty() || !name.digest().isEmpty())) {
                assertThat(ImageName.parse(name.toString())).isEqualTo(name);
            }
        });
    }

    @Test
    void isAlwaysAName() throws IOException {
        Fuzzing.run(ImageNameFuzzTest::fuzzerTestOneInput, Fuzzing.texts("busybox", "registry.example:5000/a/b:1.2",
                "localhost/x", "a/b@sha256:" + "0f".repeat(32), "index.docker.io/c:d@sha256:" + "0f".repeat(32)));
    }
}
