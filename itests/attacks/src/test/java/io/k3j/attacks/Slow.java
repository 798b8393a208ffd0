package io.k3j.attacks;

import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;

/// A body that was announced and does not come; tells when the server asks for it.
record Slow(CountDownLatch wanted) implements HttpRequest.BodyPublisher {
    @Override
    public long contentLength() {
        return 1000;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                // says nothing
            }

            @Override
            public void cancel() {
                // held nothing
            }
        });
        wanted.countDown();
    }
}
