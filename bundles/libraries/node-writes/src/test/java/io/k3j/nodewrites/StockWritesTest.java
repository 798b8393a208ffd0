package io.k3j.nodewrites;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.codec.Json;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import io.k3j.nodewrites.NodeWriteSamples.Sample;
import io.k3j.schema.Decoding;
import io.k3j.schema.Schemas;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Kubelets and agents of K3s get on: all that they write passes. See `stock-writes.txt`.
class StockWritesTest {
    private final Schemas schemas = new Schemas();
    private final NodeStage stage = new NodeStage();

    @BeforeEach
    void cluster() {
        NodeWriteSamples.cluster(stage);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    static Stream<List<String>> writes() throws IOException {
        try (InputStream in = StockWritesTest.class.getResourceAsStream("/io/k3j/nodewrites/stock-writes.txt")) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(l -> !l.isEmpty() && l.charAt(0) != '#').toList();
            List<List<String>> all = new ArrayList<>();
            for (int i = 0; i < lines.size(); i += 3) {
                all.add(lines.subList(i, i + 3));
            }
            return all.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("writes")
    void aStockNodeWritesWhatItNeeds(List<String> lines) {
        String[] head = lines.getFirst().split(" ");
        Sample sample = NodeWriteSamples.of(head[2]);
        Optional<Struct> before = lines.get(1).equals("-") ? Optional.empty() : Optional.of(decoded(sample,
                lines.get(1)));
        Struct after = decoded(sample, lines.get(2));
        Write write = write(head, sample, before);
        NodeWrites writes = new NodeWrites(stage.world);
        assertThatCode(() -> writes.check(head[0], head[0].equals("unbound") || head[0].equals("proxy") ? "" : "n",
                write, after)).doesNotThrowAnyException();
    }

    private Write write(String[] head, Sample sample, Optional<Struct> before) {
        int slash = head[3].indexOf('/');
        Key key = new Key(slash < 0 ? "" : head[3].substring(0, slash), head[3].substring(slash + 1));
        String subresource = head[2].contains("/") ? head[2].substring(head[2].indexOf('/') + 1) : "";
        Operation operation = Operation.valueOf(head[1].toUpperCase(Locale.ROOT));
        Write plain = stage.write(operation, sample.resource(), sample.kind(), Caller.ANONYMOUS);
        return new Write(operation, plain.kind(), subresource, key, before, Caller.ANONYMOUS, false, Struct.EMPTY);
    }

    private Struct decoded(Sample sample, String json) {
        Struct whole = Json.object(json.getBytes(StandardCharsets.UTF_8))
                .with("apiVersion", sample.takes().apiVersion()).with("kind", sample.takes().kind());
        return Decoding.decode(schemas.shape(sample.takes()).orElseThrow(), whole).object();
    }
}
