package io.k3j.launcher.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZonedDateTime;

/// klog's text: `I1120 10:00:00.000000    4711 kubelet] message`, a stack trace on lines of its own.
final class KlogLayout implements Layout {
    private static final int PID_WIDTH = 7;
    private static final int NANOS_PER_MICRO = 1000;

    private final String process;

    KlogLayout(long process) {
        String digits = Long.toString(process);
        this.process = " ".repeat(Math.max(0, PID_WIDTH - digits.length())) + digits;
    }

    @Override
    public String text(Entry entry) {
        ZonedDateTime time = entry.time();
        StringBuilder line = new StringBuilder(120).append(letter(entry));
        number(line, time.getMonthValue(), 2);
        number(line, time.getDayOfMonth(), 2);
        number(line.append(' '), time.getHour(), 2);
        number(line.append(':'), time.getMinute(), 2);
        number(line.append(':'), time.getSecond(), 2);
        number(line.append('.'), time.getNano() / NANOS_PER_MICRO, 6);
        line.append(' ').append(process).append(' ').append(entry.component()).append("] ");
        text(line, entry.message());
        line.append('\n');
        if (entry.failure() != null) {
            StringWriter trace = new StringWriter();
            entry.failure().printStackTrace(new PrintWriter(trace));
            text(line, trace.toString());
        }
        return line.toString();
    }

    /// A message may have several lines.
    private static void text(StringBuilder line, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\n' && c != '\t' && Layout.control(c)) {
                line.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                line.append(c);
            }
        }
    }

    private static char letter(Entry entry) {
        return switch (entry.level()) {
            case ERROR -> 'E';
            case WARNING -> 'W';
            case INFO, DEBUG, TRACE, ALL, OFF -> 'I';
        };
    }

    private static void number(StringBuilder line, int value, int width) {
        String digits = Integer.toString(value);
        line.repeat('0', width - digits.length()).append(digits);
    }
}
