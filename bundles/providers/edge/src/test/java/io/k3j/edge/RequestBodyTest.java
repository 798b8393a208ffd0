package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
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

    @Test
    void tinyChunksCountWhatTheyCost() {
        for (int i = 0; i < Limits.STREAM_WINDOW / Limits.LEAST_PIECE_BYTES; i++) {
            assertThat(body.full()).isFalse();
            body.feed(new byte[1]);
        }
        assertThat(body.full()).isTrue();
    }

    /// Of one that is read something was taken meanwhile.
    @Test
    void aBodyThatNobodyReadsGivesWayWhereAPortHoldsTooMuch() throws Exception {
        UnreadBodies unread = new UnreadBodies(200);
        RequestBody read = new RequestBody(-1, demands::incrementAndGet, unread);
        RequestBody ignored = new RequestBody(-1, demands::incrementAndGet, unread);
        read.feed(new byte[50]);
        read.feed(new byte[50]);
        ignored.feed(new byte[60]);
        assertThat(read.readNBytes(50)).hasSize(50);
        read.feed(new byte[90]);
        assertThat(unread.bytes()).as("200 are not too many").isEqualTo(200);
        read.feed(new byte[40]);
        assertThat(unread.bytes()).isEqualTo(180);
        assertThat(ignored.available()).isZero();
        assertThatThrownBy(ignored::read).isInstanceOf(SocketTimeoutException.class);
        assertThat(ignored.full()).as("and is granted no more").isTrue();
        assertThat(read.readNBytes(180)).hasSize(180);
        assertThat(unread.bytes()).isZero();
    }

    @Test
    void whatIsDroppedIsNoWholeBody() throws Exception {
        UnreadBodies unread = new UnreadBodies(1000);
        RequestBody dropped = new RequestBody(-1, demands::incrementAndGet, unread);
        dropped.feed(new byte[100]);
        assertThat(dropped.readNBytes(10)).hasSize(10);
        dropped.end();
        dropped.drop("the answer is complete");
        assertThat(unread.bytes()).isZero();
        assertThatThrownBy(dropped::read).isInstanceOf(IOException.class).hasMessage("the answer is complete");
    }

    @Test
    void aWholeBodyIsReadThoughItsClientHasGone() throws Exception {
        UnreadBodies unread = new UnreadBodies(1000);
        RequestBody whole = new RequestBody(-1, demands::incrementAndGet, unread);
        whole.feed(new byte[100]);
        whole.end();
        whole.fail("the client has gone");
        assertThat(whole.readAllBytes()).hasSize(100);
        assertThat(unread.bytes()).isZero();
    }

    @Test
    void whatIsKeptForAClientThatHasGoneCountsUntilItsEndpointReturns() throws Exception {
        UnreadBodies unread = new UnreadBodies(100_000);
        for (boolean returnsFirst : new boolean[] {false, true}) {
            RequestBody whole = new RequestBody(-1, demands::incrementAndGet, unread);
            whole.feed(new byte[QUARTER]);
            whole.end();
            if (returnsFirst) {
                whole.served();
                assertThat(unread.bytes()).as("its answer is still being sent").isEqualTo(QUARTER);
                whole.fail("the client has gone");
            } else {
                whole.fail("the client has gone");
                assertThat(unread.bytes()).as("who waits for a seat may read it").isEqualTo(QUARTER);
                whole.served();
            }
            assertThat(unread.bytes()).isZero();
            assertThat(whole.available()).isZero();
        }
    }

    @Test
    void manyOfClientsThatHaveGoneGiveWay() throws Exception {
        UnreadBodies unread = new UnreadBodies(QUARTER);
        RequestBody first = new RequestBody(-1, demands::incrementAndGet, unread);
        first.feed(new byte[QUARTER]);
        first.end();
        first.fail("the client has gone");
        new RequestBody(-1, demands::incrementAndGet, unread).feed(new byte[QUARTER]);
        assertThat(unread.bytes()).isEqualTo(QUARTER);
        assertThatThrownBy(first::read).isInstanceOf(SocketTimeoutException.class);
    }

    private void read() throws Exception {
        assertThat(body.readNBytes(QUARTER)).hasSize(QUARTER);
    }
}
