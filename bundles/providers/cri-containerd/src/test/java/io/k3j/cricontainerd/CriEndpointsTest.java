package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.streaming.GrpcFailure;
import io.k3j.streaming.GrpcServer;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The services of CRI at a socket each, answered by servers of gRPC that know some calls only.
class CriEndpointsTest {
    private static final int MOST = 1 << 16;
    @TempDir
    private Path dir;
    private final Messages messages = new Messages();

    private GrpcServer server(String socket, Map<String, byte[]> answers) throws IOException {
        return new GrpcServer(dir.resolve(socket), "test", (path, _) -> {
            byte[] answer = answers.get(path);
            if (answer == null) {
                throw new GrpcFailure(GrpcFailure.UNIMPLEMENTED, path + " is asked at " + socket);
            }
            return answer;
        }, MOST);
    }

    private byte[] images(String id) {
        return messages.encode("ListImagesResponse", Struct.of("images", Seq.of(Struct.of("id", id))));
    }

    private static CriImages store(Cri cri) {
        return new CriImages(cri, new PinnedImages(), Optional.empty());
    }

    @Test
    void asksTheImageServiceForImagesAndTheRuntimeForTheRest() throws IOException {
        byte[] version = messages.encode("VersionResponse", Struct.of("runtimeName", "r"));
        try (GrpcServer _ = server("runtime.sock", Map.of("/runtime.v1.RuntimeService/Version", version,
                "/runtime.v1.ImageService/ListImages", images("of-the-runtime")));
                GrpcServer _ = server("images.sock",
                        Map.of("/runtime.v1.ImageService/ListImages", images("elsewhere")));
                Cri cri = new Cri(new CriEndpoints(dir.resolve("runtime.sock"), dir.resolve("images.sock")))) {
            assertThat(cri.runtime("Version", Struct.EMPTY).text("runtimeName")).isEqualTo("r");
            assertThat(store(cri).list()).extracting(Image::id).containsExactly("elsewhere");
            assertThat(store(cri.ofRuntime()).list()).extracting(Image::id).containsExactly("of-the-runtime");
            assertThat(cri.metrics().text()).contains("operation_type=\"list_images\"");
        }
    }

    @Test
    void saysWhichOfBothIsNotThere() throws IOException {
        try (GrpcServer _ = server("runtime.sock", Map.of());
                Cri cri = new Cri(new CriEndpoints(dir.resolve("runtime.sock"), dir.resolve("images.sock")))) {
            assertThatThrownBy(() -> store(cri).list()).isInstanceOf(RuntimeFault.class)
                    .hasMessageStartingWith("no image service at " + dir.resolve("images.sock"));
        }
    }

    @Test
    void callsEndWhenTheTimeIsOverThatTheKubeletIsToldOf() throws IOException {
        assertThat(Cri.limit("max-pods=3")).isEqualTo(Duration.ofMinutes(2));
        assertThatThrownBy(() -> Cri.limit("runtime-request-timeout=0s")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--kubelet-arg=runtime-request-timeout=0s must be a duration longer than zero; try "
                        + "--kubelet-arg=runtime-request-timeout=2m");
        Duration told = Cri.limit("runtime-request-timeout=15m", "runtime-request-timeout=100ms");
        CountDownLatch over = new CountDownLatch(1);
        Path socket = dir.resolve("slow.sock");
        try (GrpcServer _ = new GrpcServer(socket, "test", (_, _) -> late(over), MOST);
                Cri cri = new Cri(new CriEndpoints(socket, socket), told)) {
            assertThatThrownBy(() -> cri.runtime("Version", Struct.EMPTY)).isInstanceOfSatisfying(RuntimeFault.class,
                    fault -> assertThat(fault.kind()).isEqualTo(RuntimeFault.Kind.DEADLINE));
            over.countDown();
        }
    }

    private static byte[] late(CountDownLatch over) {
        try {
            over.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return new byte[0];
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"||runtime-endpoint: unix:///own.sock\\n",
            "|unix:///i.sock|runtime-endpoint: unix:///own.sock\\nimage-endpoint: unix:///i.sock\\n",
            "/r.sock|/i.sock|runtime-endpoint: unix:///r.sock\\nimage-endpoint: unix:///i.sock\\n",
            "unix:///r.sock|/r.sock|runtime-endpoint: unix:///r.sock\\n",
            "/r.sock||runtime-endpoint: unix:///r.sock\\n"})
    void tellsCrictlBoth(String runtime, String images, String text) {
        Map<String, String> given = Map.of("containerRuntimeEndpoint", runtime == null ? "" : runtime,
                "imageServiceEndpoint", images == null ? "" : images);
        ContainerdSettings settings = (ContainerdSettings) Proxy.newProxyInstance(
                ContainerdSettings.class.getClassLoader(), new Class<?>[] {ContainerdSettings.class},
                (_, method, _) -> given.getOrDefault(method.getName(), ""));
        assertThat(CriEndpoints.of(settings, Path.of("/own.sock")).crictl()).isEqualTo(text.replace("\\n", "\n"));
    }
}
