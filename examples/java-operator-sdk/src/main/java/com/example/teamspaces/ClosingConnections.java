package com.example.teamspaces;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.lang.reflect.Proxy;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The JDK's HTTP client for fabric8, with an end: fabric8 leaves it, and its thread, to the garbage collector, which in a
/// process that goes on may take long.
final class ClosingConnections extends JdkHttpClientFactory implements AutoCloseable {
    private static final Duration END = Duration.ofSeconds(2);
    private final List<HttpClient> made = new CopyOnWriteArrayList<>();

    @Override
    protected HttpClient.Builder createNewHttpClientBuilder() {
        HttpClient.Builder builder = super.createNewHttpClientBuilder();
        return (HttpClient.Builder) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[]{HttpClient.Builder.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(builder, arguments);
                    if (result instanceof HttpClient client) {
                        made.add(client);
                    }
                    return result == builder ? proxy : result;
                });
    }

    /// Ends all that were made, with their threads. What is under way fails.
    @Override
    public void close() {
        made.forEach(HttpClient::shutdownNow);
        for (HttpClient client : made) {
            try {
                client.awaitTermination(END);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
