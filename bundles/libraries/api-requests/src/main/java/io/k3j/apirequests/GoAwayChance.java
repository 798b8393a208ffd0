package io.k3j.apirequests;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.edgeapi.Exchange;
import java.util.random.RandomGenerator;

/// Upstream's `--goaway-chance`: asks clients at random to go over to another connection, so that those behind a load
/// balancer are spread over all servers again after one of them was away. What is on its way, watches too, goes on. Any
/// thread.
public final class GoAwayChance {
    /// The most likely it may be: upstream's 1 of 50.
    public static final double MOST = 0.02;
    private static final String HTTP2 = "HTTP/2.0";
    private static final String NAME = "goaway-chance";
    private final double chance;
    private final RandomGenerator random;

    /// @param chance from 0, never, to [#MOST]
    public GoAwayChance(double chance, RandomGenerator random) {
        this.chance = chance;
        this.random = random;
    }

    /// The chance that is asked for; never without the argument.
    ///
    /// @throws IllegalArgumentException for a negative one, or more than [#MOST]
    public static double asked(ComponentArguments given) {
        double chance = given.number(NAME, 0);
        if (chance > MOST) {
            throw new IllegalArgumentException(given.flag() + "=" + NAME + "=" + chance + " can not be less than 0 or"
                    + " greater than " + MOST + ", clients would do little but connect; try .001");
        }
        return chance;
    }

    /// Perhaps asks the client of a request.
    public void consider(Exchange exchange) {
        if (chance > 0 && exchange.protocol().equals(HTTP2) && random.nextDouble() < chance) {
            exchange.goAway();
        }
    }
}
