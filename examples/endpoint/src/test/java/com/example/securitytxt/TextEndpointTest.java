package com.example.securitytxt;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.edgeapi.Endpoint;
import io.k3j.testkitedge.EndpointContract;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Keeps what every endpoint promises, and shows the text.
class TextEndpointTest extends EndpointContract {
    private static final String TEXT = "Contact: mailto:security@example.com\n";

    @Override
    protected Endpoint endpoint() {
        return new TextEndpoint(() -> TEXT);
    }

    @Override
    protected FakeExchange good() {
        return new FakeExchange("GET", TextEndpoint.PATH);
    }

    @Override
    protected FakeExchange refused() {
        return new FakeExchange("GET", TextEndpoint.PATH + "/more");
    }

    private static FakeExchange asked(Endpoint endpoint, FakeExchange request) throws IOException {
        endpoint.serve(request);
        return request;
    }

    @Test
    void showsTheTextToEverybody() throws IOException {
        FakeExchange answered = asked(endpoint(), good());
        assertThat(answered.status()).isEqualTo(200);
        assertThat(answered.answer()).isEqualTo(TEXT);
        assertThat(answered.answered()).containsEntry("content-type", "text/plain; charset=utf-8");
    }

    @Test
    void thereIsNothingWhereThereIsNoText() throws IOException {
        assertThat(asked(new TextEndpoint(() -> ""), good()).status()).isEqualTo(404);
    }

    @Test
    void nobodyWritesIt() throws IOException {
        FakeExchange answered = asked(endpoint(), new FakeExchange("PUT", TextEndpoint.PATH));
        assertThat(answered.status()).isEqualTo(405);
        assertThat(answered.answered()).containsEntry("allow", "GET, HEAD");
    }
}
