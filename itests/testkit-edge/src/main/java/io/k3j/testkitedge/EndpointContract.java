package io.k3j.testkitedge;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What everybody promises who answers on a port ([Endpoint]). An implementation extends it and says which one is
/// tried, and on what.
public abstract class EndpointContract {
    private static final int ASKED_AT_ONCE = 16;
    private static final Set<String> ANSWERS = Set.of("respond", "stream", "upgrade");
    /// Those of one connection of HTTP/1.1, with which a message of HTTP/2 is malformed (RFC 9113, 8.2.2).
    private static final Set<String> OF_A_CONNECTION = Set.of("connection", "keep-alive", "proxy-connection",
            "transfer-encoding", "upgrade");

    /// The one that is tried.
    protected abstract Endpoint endpoint();

    /// A request below one of its prefixes that it answers with a status below 400; another one at each call.
    protected abstract FakeExchange good();

    /// One below them that it does not, as of a path that it does not know; another one at each call.
    protected abstract FakeExchange refused();

    /// The same request, of which is counted how often it is answered.
    /// @param gone whether its client has gone
    private static Exchange seen(FakeExchange request, AtomicInteger answers, boolean gone) {
        return (Exchange) Proxy.newProxyInstance(Exchange.class.getClassLoader(), new Class<?>[] {Exchange.class},
                (_, method, arguments) -> {
                    if (ANSWERS.contains(method.getName())) {
                        answers.incrementAndGet();
                        if (gone) {
                            throw new IOException("the client has gone");
                        }
                    }
                    try {
                        return method.invoke(request, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }

    private int answers(FakeExchange request) throws IOException {
        AtomicInteger answers = new AtomicInteger();
        endpoint().serve(seen(request, answers, false));
        return answers.get();
    }

    @Test
    void guarantee1ItsPrefixesAreThereAndStay() {
        assertThat(endpoint().prefixes()).isNotEmpty().allSatisfy(prefix -> assertThat(prefix).startsWith("/"))
                .isEqualTo(endpoint().prefixes());
        for (FakeExchange request : List.of(good(), refused())) {
            assertThat(endpoint().prefixes()).as(request.path()).anyMatch(prefix -> below(request.path(), prefix));
        }
    }

    private static boolean below(String path, String prefix) {
        return path.equals(prefix) || path.startsWith(prefix.endsWith("/") ? prefix : prefix + "/");
    }

    @Test
    void guarantee2AnswersEachRequestOnce() throws IOException {
        FakeExchange request = good();
        assertThat(answers(request)).isEqualTo(1);
        assertThat(request.status()).isLessThan(HttpURLConnection.HTTP_BAD_REQUEST);
    }

    @Test
    void guarantee3AnswersWhatItRefusesToo() throws IOException {
        FakeExchange request = refused();
        assertThat(answers(request)).isEqualTo(1);
        assertThat(request.status()).isGreaterThanOrEqualTo(HttpURLConnection.HTTP_BAD_REQUEST);
    }

    @Test
    void guarantee4ItsHeadersMayLeaveByHttp2() throws IOException {
        for (FakeExchange request : List.of(good(), refused())) {
            assertThat(answers(request)).isEqualTo(1);
            assertThat(request.answered().keySet()).as(request.path()).doesNotContainAnyElementsOf(OF_A_CONNECTION)
                    .allSatisfy(name -> assertThat(name).isEqualTo(name.toLowerCase(Locale.ROOT)));
        }
    }

    @Test
    void guarantee5EndsWhenTheClientHasGone() {
        for (FakeExchange request : List.of(good(), refused())) {
            AtomicInteger answers = new AtomicInteger();
            try {
                endpoint().serve(seen(request, answers, true));
            } catch (IOException gone) {
                // what the port expects then; anything else would be logged as a failure
            }
            assertThat(answers).as("tries to answer " + request.path()).hasValue(1);
        }
    }

    @Test
    void guarantee6IsAskedBySeveralThreadsAtOnce() throws Exception {
        FakeExchange alone = good();
        endpoint().serve(alone);
        List<FakeExchange> requests = new ArrayList<>();
        List<Future<Integer>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < ASKED_AT_ONCE; i++) {
                FakeExchange request = good();
                requests.add(request);
                answers.add(threads.submit(() -> answers(request)));
            }
        }
        for (Future<Integer> answer : answers) {
            assertThat(answer.get()).isEqualTo(1);
        }
        assertThat(requests).extracting(FakeExchange::status).containsOnly(alone.status());
    }
}
