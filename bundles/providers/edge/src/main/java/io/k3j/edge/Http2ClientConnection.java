package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// HTTP/2 on one connection. Frames arrive at [Http2Frames]; each stream's response leaves through its
/// [Http2ResponseWriter]. All on the connection's event loop.
final class Http2ClientConnection extends Http2ConnectionHandler implements Protocol {
    /// Of the graceful shutdown, as Netty has it.
    private static final long NO_BOUND = -1;
    private final Http2Frames frames;
    private final ClientConnection client;
    private final Pulse pulse;
    private final LingeringClose close = new LingeringClose();
    private @Nullable ChannelHandlerContext context;
    private @Nullable Future<?> checkTask;
    private boolean draining;

    private Http2ClientConnection(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder,
            Http2Settings settings,
            Http2Frames frames, ClientConnection client) {
        super(decoder, encoder, settings);
        this.frames = frames;
        this.client = client;
        this.pulse = new Pulse(client.channel(), client.patience(), System.nanoTime());
    }

    /// Creates the handler for a connection that negotiated `h2`.
    ///
    /// @param streams how many its client may have at a time
    static Http2ClientConnection of(ClientConnection client, Dispatch dispatch, DateHeader date, int streams) {
        Http2Frames frames = new Http2Frames(client, dispatch, date, Limits.RUNNING_PER_STREAM * streams);
        return new Builder(frames, client, streams).build();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) throws Exception {
        context = added;
        added.pipeline().addBefore(added.name(), null, close);
        frames.attach(this, added);
        super.handlerAdded(added);
        int increment = Limits.CONNECTION_WINDOW - 65_535;
        decoder().flowController().incrementWindowSize(connection().connectionStream(), increment);
        long interval = client.patience().checkInterval().toNanos();
        checkTask = added.executor().scheduleWithFixedDelay(this::check, interval, interval, TimeUnit.NANOSECONDS);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext removed) throws Exception {
        if (checkTask != null) {
            checkTask.cancel(false);
        }
        super.handlerRemoved0(removed);
    }

    /// Where what waits in bodies is counted.
    UnreadBodies unread() {
        return frames.unread();
    }

    @Override
    public boolean detectsStalls() {
        return true;
    }

    private void check() {
        long now = System.nanoTime();
        switch (pulse.check(now, connection().numActiveStreams() > 0)) {
            case DEAD -> client.reset();
            case PING -> {
                encoder().writePing(context(), false, now, context().newPromise());
                flush();
            }
            case ALIVE -> frames.resetStalled(now);
        }
    }

    /// The pipeline context of this handler.
    ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return context;
    }

    @Override
    public void flush() {
        if (context != null) {
            flush(context);
        }
    }

    /// Sends GOAWAY in two steps (RFC 9113 §6.8): first with the highest stream number, so that no request in flight
    /// is lost, a second later with the last stream. The connection closes after that stream, which gives the client a
    /// moment to close it first, or after the shutdown timeout.
    @Override
    public void drain() {
        ChannelHandlerContext added = context;
        if (added != null) {
            draining = true;
            gracefulShutdownTimeoutMillis(Limits.LAST_STREAMS_MILLIS);
            close.drain(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Limits.LAST_MILLIS));
            sendGoAway(added, Integer.MAX_VALUE);
            added.executor().schedule(() -> {
                sendGoAway(added, connection().remote().lastStreamCreated());
                added.channel().close();
            }, Limits.GO_AWAY_SECONDS, TimeUnit.SECONDS);
        }
    }

    /// The same two steps, once, without a bound for streams in flight: a watch or a log that is followed goes on. A
    /// drain that comes meanwhile has its own bounds.
    @Override
    public void goAway() {
        ChannelHandlerContext added = context;
        if (added == null || connection().goAwaySent()) {
            return;
        }
        gracefulShutdownTimeoutMillis(NO_BOUND);
        close.linger();
        sendGoAway(added, Integer.MAX_VALUE);
        added.executor().schedule(() -> {
            if (!draining) {
                sendGoAway(added, connection().remote().lastStreamCreated());
                added.channel().close();
            }
        }, Limits.GO_AWAY_SECONDS, TimeUnit.SECONDS);
    }

    private void sendGoAway(ChannelHandlerContext added, int lastStream) {
        goAway(added, lastStream, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, added.newPromise());
        added.flush();
    }

    @Override
    public void abandon(Endpoint endpoint) {
        frames.abandon(endpoint);
    }

    @Override
    public void channelRead(ChannelHandlerContext read, Object message) throws Exception {
        pulse.received(System.nanoTime());
        super.channelRead(read, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext completed) throws Exception {
        frames.startRequests();
        super.channelReadComplete(completed);
    }

    /// An `IOException` means that the client has disconnected, which is not logged.
    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) throws Exception {
        if (cause instanceof IOException) {
            failed.channel().close();
        } else {
            super.exceptionCaught(failed, cause);
        }
    }

    @Override
    protected void onConnectionError(ChannelHandlerContext failed, boolean outbound, Throwable cause,
            @Nullable Http2Exception error) {
        super.onConnectionError(failed, outbound, cause, error);
        // a protocol violation ends the connection without the graceful timeout
        failed.executor().schedule(() -> failed.channel().close(), 1, TimeUnit.SECONDS);
    }

    /// Builds codec, limits and flow control.
    private static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<Http2ClientConnection, Builder> {
        private static final int RESETS = 300;
        private static final int RESET_SECONDS = 10;

        /// This header differs in every response: indexing it would evict useful entries from the HPACK table.
        private static final String UNIQUE = "audit-id";

        private final Http2Frames frames;
        private final ClientConnection client;
        private final int streams;

        Builder(Http2Frames frames, ClientConnection client, int streams) {
            this.frames = frames;
            this.client = client;
            this.streams = streams;
        }

        @Override
        public Http2ClientConnection build() {
            DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
            UniformStreamByteDistributor shares = new UniformStreamByteDistributor(connection);
            shares.minAllocationChunk(Limits.FRAME_SHARE);
            connection.remote().flowController(new DefaultHttp2RemoteFlowController(connection, shares));
            // one slow reader must not use up the connection window: only stream windows hold senders back
            connection.local().flowController(new DefaultHttp2LocalFlowController(connection, 0.5f, true));
            // the limit holds from the first frame, not only after the client's SETTINGS ACK
            connection.remote().maxActiveStreams(streams);
            connection.addListener(frames.streams());
            connection(connection);
            frameListener(frames);
            headerSensitivityDetector((name, value) -> UNIQUE.contentEquals(name));
            initialSettings(Http2Settings.defaultSettings().maxConcurrentStreams(streams)
                    .initialWindowSize(Limits.STREAM_WINDOW).maxHeaderListSize(Limits.HEADER_BYTES));
            decoderEnforceMaxRstFramesPerWindow(RESETS, RESET_SECONDS);
            encoderEnforceMaxRstFramesPerWindow(RESETS, RESET_SECONDS);
            gracefulShutdownTimeoutMillis(Limits.LAST_STREAMS_MILLIS);
            return super.build();
        }

        @Override
        protected Http2ClientConnection build(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder,
                Http2Settings settings) {
            return new Http2ClientConnection(decoder, encoder, settings, frames, client);
        }
    }
}
