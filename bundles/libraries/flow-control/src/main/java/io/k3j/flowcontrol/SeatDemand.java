package io.k3j.flowcontrol;

/// How many seats a priority level could use, over time: what its requests have and what those that wait would have.
/// One thread at a time.
final class SeatDemand {
    /// How much of the figure before remains when demand falls: half of it after five minutes of ten seconds each, as
    /// upstream.
    private static final double REMAINS = 0.977;
    private long begun;
    private long last;
    private int now;
    private int highest;
    private double sum;
    private double squares;
    private Figures figures = new Figures(0, 0, 0, 0);

    /// Of the last period.
    ///
    /// @param highest the most at once
    /// @param average weighted by time
    /// @param deviation the standard deviation
    /// @param smoothed follows average and deviation up at once and down slowly
    record Figures(int highest, double average, double deviation, double smoothed) {
    }

    SeatDemand(long nanos) {
        this.begun = nanos;
        this.last = nanos;
    }

    /// The demand from now on.
    void set(long nanos, int seats) {
        count(nanos);
        now = seats;
        highest = Math.max(highest, seats);
    }

    private void count(long nanos) {
        double lasted = Math.max(0, nanos - last);
        last = nanos;
        sum += lasted * now;
        squares += lasted * now * now;
    }

    /// Ends a period, and begins the next one.
    Figures next(long nanos) {
        count(nanos);
        double lasted = nanos - begun;
        if (lasted > 0) {
            double average = sum / lasted;
            double deviation = Math.sqrt(Math.max(0, squares / lasted - average * average));
            double envelope = average + deviation;
            figures = new Figures(highest, average, deviation,
                    Math.max(envelope, REMAINS * figures.smoothed + (1 - REMAINS) * envelope));
        }
        begun = nanos;
        sum = 0;
        squares = 0;
        highest = now;
        return figures;
    }

    /// Those of the last period that has ended.
    Figures figures() {
        return figures;
    }
}
