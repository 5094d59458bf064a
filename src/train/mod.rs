//! Loss, gradients, optimiser steps, history.
