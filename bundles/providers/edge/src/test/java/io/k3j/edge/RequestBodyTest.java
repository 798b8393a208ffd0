package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The contract between the event loop that feeds a body and the thread that reads it.
class RequestBodyTest {
    private static final int QUARTER = Limits.STREAM_WINDOW / 4;
    private final AtomicInteger demands = new AtomicInteger();
    private final RequestBody body = new RequestBody(-1, demands::incrementAndGet);

    @Test
    void blocksTheSenderUntilTheReaderHasMadeRoom() throws Exception {
        for (int i = 0; i < 4; i++) {
            body.feed(new byte[QUARTER]);
        }
        assertThat(body.full()).isTrue();
        read();
        assertThat(body.full()).as("what was held back is still owed").isTrue();
        read();
        assertThat(demands).hasValue(0);
        read();
        assertThat(demands).hasValue(1);
        assertThat(body.full()).isFalse();
    }

    @Test
    void demandsMoreWhenTheReaderHasToWait() throws Exception {
        body.feed(new byte[QUARTER]);
        read();
        assertThat(demands).hasValue(0);
        body.end();
        assertThat(body.read()).isEqualTo(-1);
    }

    @Test
    void dropsDataAfterTheEnd() throws Exception {
        body.end();
        body.feed(new byte[QUARTER]);
        assertThat(body.available()).isZero();
    }

    @Test
    void reportsEachPieceBeforeWaitingForTheNext() throws Exception {
        body.feed(new byte[QUARTER]);
        body.feed(new byte[1]);
        body.end();
        List<Integer> pieces = new ArrayList<>();
        assertThat(body.readAll(2 * QUARTER, pieces::add)).hasSize(QUARTER + 1);
        assertThat(pieces).containsExactly(QUARTER, 1);
    }

    private void read() throws Exception {
        assertThat(body.readNBytes(QUARTER)).hasSize(QUARTER);
    }
}
