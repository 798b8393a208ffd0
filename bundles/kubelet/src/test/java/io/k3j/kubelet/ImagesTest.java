package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.ImageStore;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ImagesTest {
    private static final String IMAGE = "registry.example/web:1";
    private final FakeApi api = FakeApi.stepped(new ManualClock());
    private final Registry registry = new Registry();
    private final ContainerRuntime runtime = (ContainerRuntime) Proxy.newProxyInstance(
            ContainerRuntime.class.getClassLoader(), new Class<?>[] {ContainerRuntime.class}, (p, m, a) -> registry);
    private final Images images = new Images(runtime, new References(api), new ManualClock());
    private final Semaphore woken = new Semaphore(0);

    /// Opens for one user only.
    private static final class Registry implements ImageStore {
        final List<Struct> tried = new ArrayList<>();
        CountDownLatch open = new CountDownLatch(0);

        @Override
        public Optional<Image> find(String name) {
            return Optional.empty();
        }

        @Override
        public List<Image> list() {
            return List.of();
        }

        @Override
        public String pull(String name, Struct auth) {
            tried.add(auth);
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (auth.text("password").equals("right")) {
                return name;
            }
            throw new RuntimeFault(RuntimeFault.Kind.UNAVAILABLE, "pull access denied");
        }

        @Override
        public void remove(String name) {
            // nothing is kept
        }

        @Override
        public Disk disk() {
            return new Disk("/", 0);
        }
    }

    @Test
    void aCredentialThatCannotBeReadIsToldOnThePod() throws Exception {
        secret("broken", "{\"auths\": {\"registry.example\": {\"auth\": \"not base64!\"}}}");
        secret("torn", "{\"auths\": {\"hunter2");
        Images.Outcome outcome = pulled("broken", "torn", "absent");
        assertThat(outcome).isInstanceOfSatisfying(Images.Outcome.Missing.class, m -> {
            assertThat(m.reason()).isEqualTo("ErrImagePull");
            assertThat(m.message())
                    .contains("pull access denied", "image pull secret \"broken\" has for registry.example",
                            "image pull secret \"torn\"", "secret \"absent\" not found")
                    .doesNotContain("hunter2");
        });
        assertThat(registry.tried).containsExactly(Struct.EMPTY);
    }

    @Test
    void theOthersAreTriedNeverthelessAndLinesMayBeWrapped() throws Exception {
        secret("broken", "{\"auths\": {\"registry.example\": {\"auth\": \"bm9jb2xvbg==\"}}}");
        secret("wrapped", "{\"auths\": {\"registry.example\": {\"auth\": \"dXNl\\ncjpyaWdo\\ndA==\\n\"}}}");
        pulled("broken", "wrapped");
        assertThat(registry.tried).containsExactly(Struct.of("username", "user", "password", "right"));
    }

    @Test
    void nothingIsKeptOfAPodThatIsGone() throws Exception {
        registry.open = new CountDownLatch(1);
        assertThat(images.ensure(pod(), container(), woken::release)).isEqualTo(new Images.Outcome.Fetching(true));
        images.forget("u");
        registry.open.countDown();
        assertThat(woken.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        assertThat(images.ensure(pod(), container(), woken::release)).isEqualTo(new Images.Outcome.Fetching(true));
    }

    private Images.Outcome pulled(String... secrets) throws InterruptedException {
        assertThat(images.ensure(pod(secrets), container(), woken::release))
                .isEqualTo(new Images.Outcome.Fetching(true));
        assertThat(woken.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        return images.ensure(pod(secrets), container(), woken::release);
    }

    private void secret(String name, String json) {
        api.seed(References.SECRETS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("name", name, "namespace", "default"), "data", Struct.of(".dockerconfigjson",
                        Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8))))));
    }

    private static Obj pod(String... secrets) {
        return Obj.of(Struct.of("metadata", Struct.of("name", "p", "namespace", "default", "uid", "u"), "spec",
                Struct.of("imagePullSecrets",
                        Seq.copyOf(List.of(secrets).stream().map(n -> Struct.of("name", n)).toList()))));
    }

    private static Struct container() {
        return Struct.of("name", "c", "image", IMAGE, "imagePullPolicy", "IfNotPresent");
    }
}
