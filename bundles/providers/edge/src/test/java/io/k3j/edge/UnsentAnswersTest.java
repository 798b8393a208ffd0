package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Answers that clients ask for and do not read.
class UnsentAnswersTest {
    private static final int MOST = 1 << 20;
    private static final int ANSWER = 60 << 10;
    private static final Duration LONG = Duration.ofHours(1);
    private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(Limits.UNSENT_LOOK_MILLIS);
    private final UnsentAnswers answers = new UnsentAnswers(MOST, LONG);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ClientConnection client = counted(channel);
    private final Deque<ChannelFutureListener> written = new ArrayDeque<>();

    private ClientConnection counted(EmbeddedChannel of) {
        ClientConnection one = new ClientConnection(of, new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 1),
                Patience.defaults(), InstantSource.system());
        one.outbox().count(answers.of(one));
        return one;
    }

    private ClientConnection with(int bytes) {
        ClientConnection one = counted(new EmbeddedChannel());
        one.outbox().queued(bytes);
        one.outbox().unsent(bytes);
        return one;
    }

    private static boolean open(ClientConnection client) {
        return client.channel().isOpen();
    }

    @Test
    void whoTakesNothingAndHasMostIsResetWhereThereIsNoRoom() {
        ClientConnection less = with(MOST / 2);
        ClientConnection more = with(MOST * 3 / 4);
        answers.relieve(System.nanoTime() + MOMENT);
        assertThat(open(more)).as("it may still begin to read").isTrue();
        answers.relieve(System.nanoTime() + 2 * LONG.toNanos());
        assertThat(open(more)).isFalse();
        assertThat(open(less)).isTrue();
        assertThat(answers.bytes()).as("what it had is let go").isEqualTo(MOST / 2);
    }

    @Test
    void whoHasMostIsResetWhereThereIsTwiceAsMuch() {
        ClientConnection less = with(MOST / 2);
        ClientConnection more = with(2 * MOST);
        answers.relieve(System.nanoTime() + 2 * MOMENT);
        assertThat(open(more)).isFalse();
        assertThat(open(less)).isTrue();
    }

    @Test
    void whatEveryConnectionMayHaveDoesNotCount() {
        ClientConnection one = with(Limits.CONNECTION_BYTES);
        assertThat(answers.bytes()).isZero();
        one.outbox().unsent(1);
        assertThat(answers.bytes()).isEqualTo(Limits.CONNECTION_BYTES + 1);
        one.outbox().unsent(-1);
        assertThat(answers.bytes()).isZero();
    }

    @Test
    void shortAnswersCountUntilTheyAreWritten() throws Exception {
        exchange().respond(200, Map.of(), new byte[ANSWER]);
        exchange().respond(200, Map.of(), new byte[ANSWER]);
        channel.runPendingTasks();
        assertThat(answers.bytes()).isEqualTo(2 * ANSWER);
        complete();
        assertThat(answers.bytes()).isZero();
    }

    @Test
    void longAnswersCountFromTheirEndUntilTheyAreWritten() throws Exception {
        AnswerStream stream = (AnswerStream) exchange().stream(200, Map.of());
        stream.write(new byte[2 * ANSWER]);
        channel.runPendingTasks();
        assertThat(answers.bytes()).as("its writer waits for room").isZero();
        stream.close();
        channel.runPendingTasks();
        assertThat(answers.bytes()).isEqualTo(2 * ANSWER);
        complete();
        assertThat(answers.bytes()).isZero();
    }

    private void complete() throws Exception {
        while (!written.isEmpty()) {
            written.remove().operationComplete(channel.newSucceededFuture());
        }
    }

    private HttpExchange exchange() {
        RequestHead head = new RequestHead("GET", "/", "", "HTTP/2.0", new String[0]);
        UnreadBodies unread = new UnreadBodies(MOST);
        return new HttpExchange(head, new RequestBody(0, () -> {
        }), new Writer(client, unread), client, new Dispatch(new Routes(), unread));
    }

    /// Keeps who wants to be told that bytes were written.
    private final class Writer extends ResponseWriter {
        Writer(ClientConnection client, UnreadBodies unread) {
            super(0, client.outbox(), unread);
        }

        @Override
        void head(int status, Map<String, String> headers, long length, boolean last) {
            // nobody reads it
        }

        @Override
        void data(ByteBuf data, boolean last, ChannelFutureListener sent) {
            data.release();
            written.add(sent);
        }

        @Override
        void end() {
            // nobody reads it
        }

        @Override
        void reset() {
            // nobody reads it
        }

        @Override
        void resume() {
            // nothing comes
        }

        @Override
        boolean upgradable() {
            return false;
        }

        @Override
        void upgrade(Map<String, String> headers, RawDuplex duplex) {
            throw new IllegalStateException();
        }
    }
}
