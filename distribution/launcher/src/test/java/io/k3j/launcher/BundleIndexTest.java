package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.osgi.framework.connect.ConnectContent.ConnectEntry;

class BundleIndexTest {
    @Test
    void readsWhatItWrote() throws IOException {
        BundleIndex read = written(index());
        assertThat(read.digest()).isEqualTo("abc");
        BundleIndex.Entry bundle = read.bundles().getFirst();
        assertThat(bundle.location()).isEqualTo("connect:io.k3j.x");
        assertThat(bundle.provider()).isTrue();
        assertThat(bundle.headers()).containsEntry("Bundle-Version", "1.0.0");
        assertThat(bundle.packages()).containsExactly("io.k3j.x");
        assertThat(bundle.resources()).containsOnlyKeys("OSGI-INF/x.xml", "io/k3j/x/big.bin");
    }

    @Test
    void refusesAFileOfAnotherFormat() {
        assertThatThrownBy(() -> BundleIndex.read(new ByteArrayInputStream(new byte[64])))
                .isInstanceOf(IOException.class).hasMessageContaining("not an index");
    }

    @Test
    void showsInlineEntriesAndTheirDirectoriesAsBundleContent() throws IOException {
        ClassPathBundle content = new ClassPathBundle(index().bundles().getFirst());
        assertThat(content.getEntries()).contains("OSGI-INF/", "OSGI-INF/x.xml", "io/k3j/");
        ConnectEntry entry = content.getEntry("OSGI-INF/x.xml").orElseThrow();
        assertThat(entry.getInputStream().readAllBytes()).containsExactly(1, 2, 3);
        assertThat(entry.getContentLength()).isEqualTo(3);
        assertThat(content.getHeaders().orElseThrow().get("bundle-version")).isEqualTo("1.0.0");
    }

    private static BundleIndex index() {
        Map<String, byte[]> resources = new HashMap<>();
        resources.put("OSGI-INF/x.xml", new byte[] {1, 2, 3});
        resources.put("io/k3j/x/big.bin", null);
        return new BundleIndex("abc", "org.osgi.framework", List.of(new BundleIndex.Entry("io.k3j.x", true,
                false, Map.of("Bundle-Version", "1.0.0"), List.of("io.k3j.x"), resources)));
    }

    private static BundleIndex written(BundleIndex index) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        index.write(bytes);
        return BundleIndex.read(new ByteArrayInputStream(bytes.toByteArray()));
    }
}
