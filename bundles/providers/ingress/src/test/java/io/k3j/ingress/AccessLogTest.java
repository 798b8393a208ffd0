package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import java.text.MessageFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.Test;

/// The line for each request.
class AccessLogTest {
    private static final String GET = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";

    @Test
    void aLineNamesTheEndpointThatAnswered() throws Exception {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Handler ear = new StreamHandler() {
            @Override
            public void publish(LogRecord line) {
                Object[] values = line.getParameters();
                lines.add(values == null ? line.getMessage() : MessageFormat.format(line.getMessage(), values));
            }
        };
        Logger logger = Logger.getLogger("io.k3j.ingress.access");
        logger.addHandler(ear);
        Rig rig = new Rig();
        try (RawHttp client = rig.client()) {
            int endpoint = rig.echo();
            rig.to(endpoint);
            rig.use(new IngressValues(Map.of(), Struct.EMPTY, true, true, null, List.of()));
            client.send(GET).answer();
            assertThat(lines.poll(60, TimeUnit.SECONDS)).contains("status=200", "path=\"/x\"",
                    "endpoint=localhost/127.0.0.1:" + endpoint + " ");
        } finally {
            logger.removeHandler(ear);
            rig.close();
        }
    }
}
