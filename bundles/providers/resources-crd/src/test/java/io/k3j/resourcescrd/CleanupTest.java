package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CleanupTest {
    private record Update(Obj object, WriteOptions options) {
    }

    /// It is no new wish, so that nobody looks at the wish again.
    @Test
    void theLastFinalizerGoesWithTheStatus() throws Exception {
        Obj stored = Obj.of(Struct.of("apiVersion", "apiextensions.k8s.io/v1", "kind", "CustomResourceDefinition",
                "metadata", Struct.of("name", "as.b.c", "finalizers", Seq.of("x/y", Definition.FINALIZER))));
        CompletableFuture<Update> written = new CompletableFuture<>();
        ApiClient api = (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
                new Class<?>[] {ApiClient.class}, (proxy, method, given) -> switch (method.getName()) {
                    case "get" -> stored;
                    case "update" -> {
                        written.complete(new Update((Obj) given[1], (WriteOptions) given[2]));
                        yield given[1];
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        try (Cleanup cleanup = new Cleanup(api)) {
            cleanup.begin(new Definition(stored, new Schemas()));
            Update update = written.get(60, TimeUnit.SECONDS);
            assertThat(update.object.finalizers()).containsExactly("x/y");
            assertThat(update.options).isEqualTo(WriteOptions.STATUS);
        }
    }
}
