package io.k3j.webhookclient;

import io.k3j.componentbase.Termination;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.webhookclient.WebhookConnection.Answer;
import io.k3j.webhookclient.WebhookConnection.Question;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Posts JSON to the webhook of a flag, as upstream's `GenericWebhook` does: with the credentials of its kubeconfig,
/// the certificate verified, through the proxy that the kubeconfig or the environment names, no redirect followed. A
/// server that answers 429 or a status from 500 on with `Retry-After` is asked again when it wishes, as upstream's
/// `rest.Request` does. Connections are kept until a certificate, a key or an authority is replaced. Any thread;
/// blocks; each request has a virtual thread of its own, which a server that hangs keeps no longer than its limit.
public final class KubeconfigClient implements AutoCloseable {
    /// How often a request is made again because its server wishes it, as upstream.
    static final int MOST_RETRIES = 10;
    /// How long a close waits for threads of requests that it has cancelled.
    private static final Duration STOP = Duration.ofMillis(200);
    private final WebhookKubeconfig config;
    private final Settings settings;
    private final ExecutorService threads;
    private final IdleConnections idle = new IdleConnections(System::nanoTime);
    private final Set<Call> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch hurried = new CountDownLatch(1);
    private volatile boolean closed;

    /// What differs between those who ask.
    /// @param thread what threads are named
    /// @param mostAnswerBytes a longer answer is a failure
    public record Settings(String thread, int mostAnswerBytes) {
    }

    /// Connects with the first request.
    public KubeconfigClient(WebhookKubeconfig config, Settings settings) {
        this.config = config;
        this.settings = settings;
        this.threads = Executors
                .newThreadPerTaskExecutor(Thread.ofVirtual().name(settings.thread + "-", 0).factory());
    }

    /// The body of the answer.
    /// @param limit from the first packet to the last byte, with all that is waited where a server wishes to be asked
    ///        later; the server is told of it in whole seconds
    /// @throws CallFailure for anything but an answer with a status of success; says nothing secret
    public byte[] post(byte[] body, Duration limit) throws CallFailure {
        long end = System.nanoTime() + limit.toNanos();
        String query = "?timeout=" + limit.plusNanos(TimeUnit.SECONDS.toNanos(1) - 1).toSeconds() + "s";
        String what = "Post \"" + config.route().server() + query + "\": ";
        try {
            return checked(answered(body, query, what, end));
        } catch (TimeoutException late) {
            throw new CallFailure(what + "context deadline exceeded");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallFailure(what + "context canceled");
        } catch (CancellationException | RejectedExecutionException e) {
            throw new CallFailure(what + "context canceled");
        } catch (IOException e) {
            throw new CallFailure(what + said(e));
        }
    }

    /// A connection that is closed does not say by whom.
    private String said(IOException why) {
        if (closed) {
            return "context canceled";
        }
        return why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
    }

    /// The last answer. Whoever wishes to be asked beyond the end is waited for until then, and not asked any more.
    private Answer answered(byte[] body, String query, String what, long end)
            throws IOException, InterruptedException, TimeoutException, CallFailure {
        for (int retries = 0;; retries++) {
            boolean last = retries == MOST_RETRIES || hurried.getCount() == 0;
            Answer answer = once(new Question(config.route().target(query),
                    config.route().server().getRawAuthority(), "kube-apiserver", config.headers(), body), what, end);
            OptionalLong pause = answer.pause();
            if (last || pause.isEmpty()) {
                return answer;
            }
            if (hurried.await(Math.min(pause.getAsLong(), end - System.nanoTime()), TimeUnit.NANOSECONDS) && closed) {
                throw new CancellationException();
            }
        }
    }

    private Answer once(Question question, String what, long end)
            throws IOException, InterruptedException, TimeoutException, CallFailure {
        long left = end - System.nanoTime();
        if (left <= 0) {
            throw new TimeoutException();
        }
        Call call = new Call(question, what, end);
        FutureTask<Answer> task = new FutureTask<>(call::answer);
        open.add(call);
        try {
            if (closed) {
                throw new CancellationException();
            }
            threads.execute(task);
            return task.get(left, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            open.remove(call);
            call.cancel();
        }
    }

    private static IOException failure(@Nullable Throwable cause) throws CallFailure {
        if (cause instanceof CallFailure told) {
            throw told;
        }
        return cause instanceof IOException known ? known : new IOException(String.valueOf(cause), cause);
    }

    private static byte[] checked(Answer answer) throws CallFailure {
        if (answer.successful()) {
            return answer.body();
        }
        throw new CallFailure(UnexpectedAnswer.told(answer));
    }

    /// What waits because its server wishes to be asked later asks at once, once more; so does whatever comes from now
    /// on. For the time before a close.
    public void hurry() {
        hurried.countDown();
    }

    /// Ends requests that are not answered yet.
    @Override
    public void close() {
        closed = true;
        hurry();
        open.forEach(Call::cancel);
        idle.close();
        Termination.of(threads, settings.thread, STOP);
    }

    /// One request, on its own thread. Whoever waits for it may cancel it: then its connection is closed, and what it
    /// still does ends there.
    private final class Call implements WebhookRoute.Opening {
        private final Question question;
        private final String what;
        private final long end;
        private @Nullable ByteDuplex used;
        private boolean over;

        Call(Question question, String what, long end) {
            this.question = question;
            this.what = what;
            this.end = end;
        }

        /// A connection that was kept may have been closed by its server meanwhile: what was not begun to be answered
        /// is asked again, once.
        Answer answer() throws IOException, CallFailure {
            SSLContext tls = config.tls();
            idle.only(tls);
            WebhookConnection kept = idle.take();
            if (kept != null) {
                try {
                    return on(kept);
                } catch (IOException stale) {
                    // told by the next attempt, if that fails too
                }
            }
            ByteDuplex channel = config.route().open(tls, this);
            return on(new WebhookConnection(channel, wire(channel), tls, 0));
        }

        /// What was dialled for a channel.
        private synchronized ByteDuplex wire(ByteDuplex channel) {
            ByteDuplex dialled = used;
            return dialled == null ? channel : dialled;
        }

        private Answer on(WebhookConnection connection) throws IOException, CallFailure {
            use(connection.channel());
            boolean done = false;
            try {
                Answer answer = connection.post(question, settings.mostAnswerBytes, what);
                done = answer.reusable() && unused();
                return answer;
            } finally {
                if (done) {
                    idle.give(connection);
                } else {
                    connection.close();
                }
            }
        }

        @Override
        public synchronized void use(ByteDuplex channel) throws IOException {
            if (over) {
                channel.close();
                throw new IOException("context canceled");
            }
            used = channel;
        }

        @Override
        public long left() {
            return end - System.nanoTime();
        }

        private synchronized boolean unused() {
            used = null;
            return !over;
        }

        private synchronized void cancel() {
            over = true;
            if (used != null) {
                used.close();
            }
        }
    }
}
